import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Placement } from "../../../src/domain/config/types.ts";
import type { ContainerState } from "../../../src/domain/docker/facts.ts";
import { isAlive } from "../../../src/domain/container/stop/grace.ts";
import { PictlError } from "../../../src/domain/errors.ts";
import { goesOn, isOver, isReadable, mayPass, pauseMs, type Whereabouts } from "../../../src/domain/logs/follow.ts";
import type { MoveRecord } from "../../../src/domain/move/journal.ts";
import { placement } from "../../fakes/config.ts";
import { moveRecord } from "../../fakes/move.ts";

test.each<[ContainerState, { alive: boolean; readable: boolean }]>([
  ["created", { alive: false, readable: true }],
  ["running", { alive: true, readable: true }],
  ["paused", { alive: true, readable: true }],
  ["restarting", { alive: true, readable: true }],
  ["exited", { alive: false, readable: true }],
  ["removing", { alive: false, readable: false }],
  ["dead", { alive: false, readable: false }],
])("a container that is %s", (state, expected) => {
  expect({ alive: isAlive({ state }), readable: isReadable({ state }) }).toEqual(expected);
});

test("a log is over when its container did not run, or did not come back", () => {
  expect([undefined, 0, 4_999, 5_000].map(isOver)).toEqual([true, false, false, true]);
});

describe("where a log goes on", () => {
  const n1 = { container: "web", node: "n1" };
  const on = (...nodes: string[]): Placement[] => nodes.map((each) => placement("web", each));
  const move = (step: MoveRecord["step"]): MoveRecord => moveRecord({ step });

  test.each<[string, Partial<Whereabouts>, ReturnType<typeof goesOn>]>([
    ["where it is", { wanted: on("n1") }, undefined],
    ["where it is, beside another", { wanted: on("n1", "n2") }, undefined],
    ["nowhere", { wanted: [placement("db", "n2")] }, undefined],
    ["where it has been moved to", { wanted: on("n2") }, { node: "n2" }],
    [
      "where no other of its logs is",
      { wanted: on("n2", "n3"), followed: [n1, { ...n1, node: "n2" }] },
      { node: "n3" },
    ],
    ["nowhere else", { wanted: on("n2"), followed: [n1, { ...n1, node: "n2" }] }, undefined],
    ["not yet known", { wanted: on("n1"), moves: [move("switching")] }, "moving"],
    ["known, before the move has cleared up", { wanted: on("n2"), moves: [move("switching")] }, { node: "n2" }],
    ["where it is, for the move was undone", { wanted: on("n1"), moves: [move("undone")] }, undefined],
    ["where it is, for the move has stopped nothing", { wanted: on("n1"), moves: [move("begun")] }, undefined],
    ["of the others' moves nothing", { wanted: on("n1"), moves: [{ ...move("switching"), from: "n3" }] }, undefined],
  ])("%s", (_, whereabouts, expected) => {
    expect(goesOn(n1, { wanted: [], moves: [], followed: [n1], ...whereabouts })).toEqual(expected);
  });
});

describe("what may pass by itself", () => {
  test.each([
    ["node-unreachable", true],
    ["connection-lost", true],
    ["docker-unavailable", true],
    ["command-failed", true],
    ["timeout", true],
    ["container-missing", true],
    ["auth-failed", false],
    ["host-key-changed", false],
    ["docker-denied", false],
    ["docker-failed", false],
    ["container-foreign", false],
    ["interrupted", false],
    ["internal", false],
  ] as const)("%s: %s", (code, expected) => {
    expect(mayPass(new PictlError(code, "x"))).toBe(expected);
  });

  test("a bug does not", () => {
    expect(mayPass(new TypeError("x"))).toBe(false);
  });
});

test("pauses grow to 15 s, and no two tries are close", () => {
  const growing = [0, 1, 2, 5, 6, 7, 1000].map((tries) =>
    [pauseMs(tries, 0), pauseMs(tries, 0.999_999)].map(Math.round),
  );
  expect(growing).toEqual([
    [125, 250],
    [250, 500],
    [500, 1000],
    [4000, 8000],
    [7500, 15_000],
    [7500, 15_000],
    [7500, 15_000],
  ]);
  fc.assert(
    fc.property(fc.nat(), fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (tries, random) => {
      const pause = pauseMs(tries, random);
      expect(pause).toBeGreaterThanOrEqual(125);
      expect(pause).toBeLessThanOrEqual(15_000);
    }),
  );
});

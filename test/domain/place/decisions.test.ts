import { describe, expect, test } from "vitest";
import type { Placement } from "../../../src/domain/config/types.ts";
import type { ContainerFacts } from "../../../src/domain/docker/facts.ts";
import { type Gate, gatesOf, judgeGate, type GateSight } from "../../../src/domain/place/gate.ts";
import { type InOrder, planRollout } from "../../../src/domain/place/rollout.ts";
import { chooseSwap, fillsVolumes, type SwapFacts } from "../../../src/domain/place/swap.ts";
import { placement } from "../../fakes/config.ts";
import { containerFacts } from "../../fakes/facts.ts";

const healthy = { volumes: [], healthcheck: true };
const exec = { kind: "exec", command: "true" } as const;

describe("the best swap that a container allows", () => {
  const chosen = (words: string, parts: Partial<SwapFacts> & { entry?: Partial<Placement> } = {}) =>
    chooseSwap({
      placement: placement("web", "n1", { args: words === "" ? [] : words.split(" "), ...parts.entry }),
      old: containerFacts(),
      check: undefined,
      declares: undefined,
      ...parts,
    });

  test.each<[string, string, Parameters<typeof chosen>[1]]>([
    ["start-first", "", {}],
    ["start-first", "-e A=b -v /etc/app:/etc/app:ro --restart always", {}],
    ["start-first", "-p 80", {}],
    ["start-first", "", { check: exec }],
    ["hand-off", "-p 80:80", { declares: healthy }],
    ["hand-off", "-p 80:80 --health-cmd true", {}],
    ["hand-off", "-p 80:80", { check: exec }],
    ["hand-off", "-p 80:80 --network front", { declares: healthy, old: containerFacts({ networks: ["front"] }) }],
    ["stop-first", "-p 80:80", {}],
    ["stop-first", "-p 80:80 --no-healthcheck", { declares: healthy }],
    ["stop-first", "-p 80:80", { declares: { ...healthy, volumes: ["/data"] } }],
    ["stop-first", "-p 80:80 --network front", { declares: healthy }],
    ["stop-first", "-p 80:80", { declares: healthy, old: containerFacts({ networks: ["bridge", "back"] }) }],
    ["stop-first", "-v data:/data", {}],
    ["stop-first", "-v data:/data", { entry: { shared: true } }],
    ["stop-first", "-v /srv/app:/app", {}],
    ["stop-first", "", { old: containerFacts({ volumes: [{ name: "x", target: "/data" }] }) }],
    ["stop-first", "--network host", {}],
    ["stop-first", "--network container:db", {}],
    ["stop-first", "--device /dev/ttyUSB0", {}],
    ["stop-first", "--network front --ip 10.1.2.3", {}],
    ["stop-first", "", { check: { kind: "tcp", port: 80 } }],
    ["stop-first", "", { old: containerFacts({ state: "exited" }) }],
    ["stop-first", "", { entry: { update: { swap: "stop-first" } } }],
  ])("%s: %s %j", (kind, words, parts) => {
    expect(chosen(words, parts).kind).toBe(kind);
  });

  test("stop-first says why", () => {
    expect(chosen("-v data:/data")).toEqual({
      kind: "stop-first",
      why: "two copies must not write to the same data: the volume data (at /data)",
    });
    expect(chosen("--device=/dev/ttyUSB0")).toMatchObject({ why: "two copies cannot have the same --device" });
  });
});

describe("the gates of a swap", () => {
  const tcp = { kind: "tcp", port: 80 } as const;
  test.each([
    ["stop-first", tcp, { before: undefined, after: { kind: "check", check: tcp } }],
    ["stop-first", undefined, { before: undefined, after: { kind: "own" } }],
    ["stop-first", { kind: "docker" }, { before: undefined, after: { kind: "own" } }],
    ["hand-off", tcp, { before: { kind: "own" }, after: { kind: "check", check: tcp } }],
    ["hand-off", exec, { before: { kind: "check", check: exec }, after: undefined }],
    ["hand-off", undefined, { before: { kind: "own" }, after: undefined }],
    ["start-first", exec, { before: { kind: "check", check: exec }, after: undefined }],
    [undefined, tcp, { before: undefined, after: { kind: "check", check: tcp } }],
  ] as const)("%s, %j", (swap, check, expected) => {
    expect(gatesOf(swap, { check, skips: false })).toEqual(expected);
  });

  test("none, when the user wants none: it only has to run", () => {
    expect(gatesOf("stop-first", { check: tcp, skips: true }).after).toEqual({ kind: "none" });
  });
});

describe("whether a new copy does its work", () => {
  const own: Gate = { kind: "own" };
  const checked: Gate = { kind: "check", check: { kind: "tcp", port: 80 } };
  const verdict = (
    gate: Gate,
    facts: Partial<ContainerFacts> | undefined,
    {
      elapsedMs = 0,
      firstStartMs,
      check,
      ...options
    }: Partial<GateSight> & { patienceMs?: number; mayEnd?: boolean } = {},
  ) =>
    judgeGate(
      gate,
      { facts: facts && containerFacts(facts), elapsedMs, firstStartMs, check },
      { patienceMs: undefined, mayEnd: false, ...options },
    );
  const withHealth = (health: ContainerFacts["health"]) => ({ health, healthDecidesMs: 90_000 });

  test.each<[string, ReturnType<typeof verdict>, string | undefined, string?]>([
    ["it runs, and has no check", verdict(own, {}), "waits"],
    ["it runs for 3 s", verdict(own, {}, { elapsedMs: 3000 }), "passed"],
    ["it only has to run", verdict({ kind: "none" }, {}), "passed"],
    ["it is gone", verdict(own, undefined), "failed", "is gone"],
    [
      "it ends",
      verdict(own, { state: "exited", exitCode: 3 }, { elapsedMs: 500 }),
      "failed",
      "ended with exit code 3 right after its start",
    ],
    ["it ends with 0", verdict(own, { state: "exited", exitCode: 0 }), "failed"],
    ["it ends with 0 and may", verdict(own, { state: "exited", exitCode: 0 }, { mayEnd: true }), "passed"],
    ["it ends with 0 and has a check", verdict(checked, { state: "exited", exitCode: 0 }, { mayEnd: true }), "failed"],
    ["Docker restarts it", verdict(own, { state: "restarting" }), "failed"],
    ["Docker has restarted it", verdict(own, {}, { firstStartMs: 5, elapsedMs: 4000 }), "failed"],
    ["healthy", verdict(own, withHealth("healthy")), "passed"],
    ["unhealthy fails at once", verdict(own, withHealth("unhealthy")), "failed"],
    ["not yet is not no", verdict(own, withHealth("starting"), { elapsedMs: 89_000 }), "waits"],
    ["as long as Docker takes", verdict(own, withHealth("starting"), { elapsedMs: 121_000 }), "failed"],
    ["as long as the user says", verdict(own, withHealth("starting"), { elapsedMs: 5000, patienceMs: 5000 }), "failed"],
    ["its check fails", verdict(checked, {}, { check: { ok: false, message: "refused" } }), "waits"],
    ["its check succeeds", verdict(checked, {}, { check: { ok: true, message: "connected" } }), "passed"],
    [
      "its check fails for too long",
      verdict(checked, {}, { check: { ok: false, message: "refused" }, elapsedMs: 30_000 }),
      "failed",
      "did not come up within 30 s, whose check says: refused",
    ],
  ])("%s", (_, { kind, ...rest }, expected, told) => {
    expect(kind).toBe(expected);
    if (told !== undefined) expect(rest).toEqual({ told });
  });
});

describe("the order of a rollout", () => {
  const item = (container: string, node: string, parts: Partial<Placement> & { disturbs?: boolean } = {}): InOrder => {
    const { disturbs = true, ...entry } = parts;
    return { placement: placement(container, node, entry), disturbs };
  };
  const batches = (...items: readonly InOrder[]) =>
    planRollout(
      items,
      items.map((each) => each.placement),
    ).map((wave) => [
      wave.container,
      wave.after,
      wave.batches.map((batch) => batch.map((each) => each.placement.node).join(" ")),
    ]);

  test("one copy after the other, and different containers side by side", () => {
    expect(batches(item("web", "n1"), item("db", "n1"), item("web", "n2"))).toEqual([
      ["web", [], ["n1", "n2"]],
      ["db", [], ["n1"]],
    ]);
  });

  test("what disturbs nothing goes first, and all of it at once", () => {
    const fresh = { disturbs: false };
    expect(batches(item("web", "n1"), item("web", "n2", fresh), item("web", "n3", fresh))).toEqual([
      ["web", [], ["n2 n3", "n1"]],
    ]);
  });

  test.each([
    [2, ["n1 n2", "n3 n4", "n5"]],
    [{ percent: 50 }, ["n1 n2", "n3 n4", "n5"]],
    [{ percent: 10 }, ["n1", "n2", "n3", "n4", "n5"]],
    [{ percent: 100 }, ["n1 n2 n3 n4 n5"]],
  ] as const)("at once %j", (atOnce, expected) => {
    const items = ["n1", "n2", "n3", "n4", "n5"].map((node) => item("web", node, { update: { atOnce } }));
    expect(batches(...items)).toEqual([["web", [], expected]]);
  });

  test("a container waits for those it comes after, as far as they are in hand", () => {
    expect(batches(item("web", "n1", { after: ["db", "cache"] }), item("db", "n2"))).toEqual([
      ["web", ["db"], ["n1"]],
      ["db", [], ["n2"]],
    ]);
  });
});

test("an image without volumes fills none, unless the arguments give it some", () => {
  const none = { volumes: [], healthcheck: false };
  expect(fillsVolumes([], none)).toBe(false);
  expect(fillsVolumes(["-v", "/srv:/srv"], none)).toBe(false);
  expect(fillsVolumes(["-v", "data:/data"], none)).toBe(true);
  expect(fillsVolumes([], { ...none, volumes: ["/data"] })).toBe(true);
  expect(fillsVolumes([], undefined)).toBe(true);
});

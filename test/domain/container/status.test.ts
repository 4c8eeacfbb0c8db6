import { expect, test } from "vitest";
import { compare as compareWith, type NodeState } from "../../../src/domain/container/status.ts";
import type { MoveRecord } from "../../../src/domain/move/journal.ts";
import { placement } from "../../fakes/config.ts";
import { containerFacts, imageFacts } from "../../fakes/facts.ts";

type Compared = Omit<Parameters<typeof compareWith>[0], "layout">;
const compare = (input: Compared): ReturnType<typeof compareWith> =>
  compareWith({ layout: input.placements, ...input });

const states = new Map<string, NodeState>([
  [
    "n1",
    {
      images: [imageFacts()],
      marks: [],
      containers: [
        containerFacts({ name: "web" }),
        containerFacts({ name: "db", state: "exited", exitCode: 137 }),
        containerFacts({ name: "cache", labels: {} }),
        containerFacts({ name: "sick", health: "unhealthy" }),
        containerFacts({ name: "old", labels: { "io.pictl.cluster": "test", "io.pictl.digest": "d0" } }),
        containerFacts({ name: "left" }),
        containerFacts({ name: "web.pictl-replaced", state: "exited" }),
        containerFacts({ name: "theirs", labels: { "io.pictl.cluster": "other" } }),
        containerFacts({ name: "nobodys", labels: {} }),
      ],
    },
  ],
  ["n2", { images: [], marks: [], containers: [] }],
]);

test("every wanted container has a row, and every stray of ours; other people's containers have none", () => {
  const rows = compare({
    cluster: "test",
    placements: [
      ...["web", "db", "cache", "sick", "old"].map((name) => placement(name, "n1")),
      placement("web", "n2"),
      placement("web", "n3"),
    ],
    states,
    wish: () => ({ digest: "d1", image: "web" }),
    nowMs: 1_800_000_000_000,
    moves: [],
  });
  expect(rows.map((row) => `${row.container}@${row.node} ${row.state}: ${row.detail}`)).toEqual([
    "web@n1 running: ",
    "db@n1 stopped: exited with code 137",
    "cache@n1 foreign: made by somebody else",
    "sick@n1 unhealthy: its health check fails",
    "old@n1 changed: arguments",
    "web@n2 missing: no such container",
    "web@n3 unknown: the node could not be asked",
    "left@n1 stray: a copy of web, running",
    "web.pictl-replaced@n1 stray: the old copy of web, exited",
  ]);
});

test("where a move has not ended, that is told of what is missing, stopped or a stray there, and of nothing else", () => {
  const moved = (container: string, from: string, step: MoveRecord["step"] = "switching"): MoveRecord => {
    return { container, from, to: "n1", generation: 1, step, wasRunning: true, startedAt: "", who: "" };
  };
  const details = (...moves: readonly MoveRecord[]) =>
    compare({
      cluster: "test",
      placements: [placement("web", "n1"), placement("db", "n1"), placement("web", "n2"), placement("cache", "n2")],
      states,
      wish: () => ({ digest: "d1", image: "web" }),
      nowMs: 1_800_000_000_000,
      moves,
    })
      .filter(({ detail }) => detail.includes("move"))
      .map(({ container, node, detail }) => `${container}@${node} ${detail}`);
  expect(details(moved("web", "n2"), moved("db", "n3"), moved("left", "n2"))).toEqual([
    "db@n1 exited with code 137; its move from n3 to n1 has not ended",
    "web@n2 no such container; its move from n2 to n1 has not ended",
    "left@n1 a copy of web, running; its move from n2 to n1 has not ended",
  ]);
  expect(details(moved("web", "n2", "begun"), moved("db", "n3", "written"), moved("left", "n2", "undone"))).toEqual([]);
});

test("what somebody has stopped, what ends again and again, what is done, and whose network is gone have words of their own", () => {
  const nowMs = 1_700_000_100_000;
  const mark = { id: "s", container: "still", cluster: "test", by: "pi@desk", at: "T", volume: "v" };
  const again = { restarts: 3, startedAtMs: nowMs - 5000 };
  const shared = { args: ["--network", "container:vpn"] };
  const containers = [
    containerFacts({ name: "still", id: "s", state: "exited", exitCode: 137 }),
    containerFacts({ name: "wakes", id: "w" }),
    containerFacts({ name: "loops", state: "restarting", restarts: 9, exitCode: 3 }),
    containerFacts({ name: "flaps", ...again }),
    containerFacts({ name: "calm", ...again, startedAtMs: nowMs - 61_000 }),
    containerFacts({ name: "once", state: "exited", exitCode: 0 }),
    containerFacts({ name: "fails", state: "exited", exitCode: 2 }),
    containerFacts({ name: "app", joined: ["f".repeat(64)] }),
    containerFacts({ name: "vpn", id: "0".repeat(64) }),
  ];
  const marks = [mark, { ...mark, id: "w", container: "wakes" }];
  const parts: Readonly<Record<string, object>> = { once: { oneOff: true }, fails: { oneOff: true }, app: shared };
  const rows = compare({
    cluster: "test",
    placements: containers.map(({ name }) => placement(name, "n1", parts[name])),
    states: new Map([["n1", { images: [], marks, containers }]]),
    wish: () => ({ digest: "d1", image: "web" }),
    nowMs,
    moves: [],
  });
  expect(rows.map((row) => `${row.container} ${row.state}: ${row.detail}`)).toEqual([
    "still stopped: stopped by pi@desk at T",
    "wakes running: though stopped by pi@desk at T",
    "loops restarting: has ended 9 times, the last time with code 3",
    "flaps restarting: runs now, and has ended 3 times",
    "calm running: ",
    "once done: ended with code 0",
    "fails stopped: exited with code 2",
    "app changed: it has the network of vpn as it was before it was made anew",
    "vpn running: ",
  ]);
  expect(rows[0]).toMatchObject({ stopped: { by: "pi@desk", at: "T" }, restarts: 0 });
});

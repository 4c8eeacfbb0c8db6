import { expect, test } from "vitest";
import type { DaemonRow } from "../../src/app/daemon/status.ts";
import type { Happening } from "../../src/watch/happening.ts";
import { keptEvents, type LiveContainer, type Model } from "../../src/watch/model.ts";
import { reduce } from "../../src/watch/reduce/index.ts";
import { containerAt, containersOf } from "../../src/watch/select.ts";
import { config, node, placement } from "../fakes/config.ts";
import { answered, changed, container, looked, lost, modelOf, startMs, state, twoNodes } from "./model.ts";

const t = startMs;

function row(model: Model, key: string): LiveContainer {
  const found = containerAt(model, key);
  if (!found) throw new Error(`there is no row ${key}`);
  return found;
}

/** `web@n1 running`, one a row. */
function shown(model: Model): readonly string[] {
  return containersOf(model).map(({ key, state, last }) => `${key} ${state}${last ? ` (${last.state})` : ""}`);
}

const n1Up = [answered("n1", t + 1), looked("n1", t + 2, state([container("web")]))];
const allUp = [...n1Up, answered("n2", t + 3), looked("n2", t + 4, state([container("web"), container("db")]))];

test("before anybody has looked, the model is what the config says, of unknown state", () => {
  const model = modelOf();
  expect(shown(model)).toEqual(["web@n1 unknown", "web@n2 unknown", "db@n2 unknown"]);
  expect([...model.nodes.values()].map(({ state }) => state)).toEqual(["connecting", "connecting"]);
  expect(row(model, "web@n1")).toMatchObject({ wanted: true, seenAtMs: null, last: null });
});

const histories: readonly (readonly [what: string, happenings: readonly Happening[], rows: readonly string[]])[] = [
  ["a node answers, and its Docker has not yet told", [answered("n1", t + 1)], ["web@n1 unknown"]],
  ["its Docker has told", n1Up, ["web@n1 running"]],
  ["what is not there is missing", [answered("n1", t), looked("n1", t, state([]))], ["web@n1 missing"]],
  [
    "what nobody wants there is a stray",
    [answered("n1", t), looked("n1", t, state([container("web"), container("old")]))],
    ["web@n1 running", "old@n1 stray"],
  ],
  ["a node that is lost is not known to run anything", [...n1Up, lost("n1", t + 9)], ["web@n1 unknown (running)"]],
  [
    "also one that is lost again, and a stray on it",
    [answered("n1", t), looked("n1", t, state([container("web"), container("old")])), lost("n1", t), lost("n1", t + 9)],
    ["web@n1 unknown (running)", "old@n1 unknown (stray)"],
  ],
  [
    "a node that comes back has to tell anew",
    [...n1Up, lost("n1", t), answered("n1", t)],
    ["web@n1 unknown (running)"],
  ],
  ["and then it has", [...n1Up, lost("n1", t), ...n1Up], ["web@n1 running"]],
  [
    "a Docker that does not answer says nothing of containers",
    [
      ...n1Up,
      {
        kind: "docker-lost",
        node: "n1",
        failure: { code: "docker-unavailable", message: "It hangs." },
        atMs: t + 5,
      },
    ],
    ["web@n1 unknown (running)"],
  ],
  [
    "what comes late of a node that was lost is old",
    [...n1Up, lost("n1", t), looked("n1", t + 2, state([container("web")]))],
    ["web@n1 unknown (running)"],
  ],
  [
    "a container that ended",
    [...n1Up, changed("n1", t + 5, { web: container("web", { state: "exited", exitCode: 1 }) })],
    ["web@n1 stopped"],
  ],
  ["a container that was removed", [...n1Up, changed("n1", t + 5, { web: undefined })], ["web@n1 missing"]],
  [
    "a stray that comes",
    [...n1Up, changed("n1", t + 5, { old: container("old") })],
    ["web@n1 running", "old@n1 stray"],
  ],
  [
    "and goes",
    [...n1Up, changed("n1", t + 5, { old: container("old") }), changed("n1", t + 6, { old: undefined })],
    ["web@n1 running"],
  ],
  [
    "a container that was renamed",
    [...n1Up, changed("n1", t + 5, { web: undefined, was: container("was", { id: "id-web" }) })],
    ["web@n1 missing", "was@n1 stray"],
  ],
  [
    "news of a node that was never looked at are none",
    [changed("n1", t + 5, { web: container("web") })],
    ["web@n1 unknown"],
  ],
];

test.each(histories)("%s", (_what, happenings, rows) => {
  expect(shown(modelOf(twoNodes, happenings)).filter((each) => each.includes("@n1"))).toEqual(rows);
});

test("a container whose net is that of another one changes with it", () => {
  const side = placement("side", "n1", { args: ["--network", "container:web"] });
  const from = config({ nodes: [node("n1")], placements: [placement("web", "n1"), side] });
  const joined = container("side", { joined: ["a".repeat(64)] });
  const model = modelOf(from, [
    answered("n1", t),
    looked("n1", t, state([container("web", { id: "a".repeat(64) }), joined])),
  ]);
  expect(shown(model)).toEqual(["web@n1 running", "side@n1 running"]);
  const anew = reduce(model, changed("n1", t + 1, { web: container("web", { id: "b".repeat(64) }) }));
  expect(row(anew, "side@n1")).toMatchObject({ state: "changed", seenAtMs: t + 1 });
});

test("what a happening does not concern is the same object as before", () => {
  const before = modelOf(twoNodes, allUp);
  const after = reduce(before, changed("n2", t + 9, { db: container("db", { state: "exited", exitCode: 0 }) }));
  expect(after.nodes.get("n1")).toBe(before.nodes.get("n1"));
  expect(containerAt(after, "web@n2")).toBe(containerAt(before, "web@n2"));
  expect(row(after, "db@n2")).toMatchObject({ state: "stopped", detail: "exited with code 0", seenAtMs: t + 9 });
  expect(after.vips).toBe(before.vips);
});

test("a node says since when it is as it is, and why", () => {
  const model = modelOf(twoNodes, [...n1Up, lost("n1", t + 5), lost("n1", t + 9, { message: "Still." })]);
  expect(model.nodes.get("n1")).toMatchObject({ state: "silent", sinceMs: t + 5, seenAtMs: t + 1 });
  expect(model.nodes.get("n1")?.failure?.message).toBe("Still.");
  const refused = reduce(model, lost("n1", t + 12, { code: "host-key-changed", message: "Another key." }));
  expect(refused.nodes.get("n1")).toMatchObject({ state: "refused", sinceMs: t + 12 });
});

test("who begins to look knows nothing for certain, and has what was known", () => {
  const model = reduce(modelOf(twoNodes, allUp), { kind: "looking", atMs: t + 60_000 });
  expect(shown(model)).toEqual(["web@n1 unknown (running)", "web@n2 unknown (running)", "db@n2 unknown (running)"]);
  expect(row(model, "web@n1").seenAtMs).toBe(t + 2);
  expect(model.nodes.get("n1")).toMatchObject({ state: "connecting", seenAtMs: t + 1 });
});

test("what a container uses goes with its run", () => {
  const use = {
    cpuPercent: 12.5,
    memoryBytes: 1,
    memoryLimitBytes: 2,
    networkRxBytesPerSecond: 3,
    networkTxBytesPerSecond: 4,
  };
  const used: Happening = { kind: "use", node: "n1", uses: new Map([["id-web", use]]), atMs: t + 5 };
  const model = modelOf(twoNodes, [...n1Up, used]);
  expect(row(model, "web@n1")).toMatchObject({ ...use, useAtMs: t + 5, seenAtMs: t + 2 });
  const again = reduce(model, looked("n1", t + 30_000, state([container("web")])));
  expect(row(again, "web@n1")).toMatchObject({ ...use, useAtMs: t + 5, seenAtMs: t + 30_000 });
  const ended = reduce(model, changed("n1", t + 6, { web: container("web", { state: "exited", exitCode: 1 }) }));
  expect(row(ended, "web@n1")).toMatchObject({ cpuPercent: null, useAtMs: null });
});

test("a config that changes: nodes come and go, what is known of the others stays", () => {
  const next = config({ nodes: [node("n2"), node("n3")], placements: [placement("db", "n2"), placement("db", "n3")] });
  const read: Happening = {
    kind: "config",
    config: next,
    wishes: new Map(),
    problems: [],
    failure: null,
    atMs: t + 9,
  };
  const model = reduce(modelOf(twoNodes, allUp), read);
  expect([...model.nodes.keys()]).toEqual(["n2", "n3"]);
  expect(shown(model)).toEqual(["db@n2 running", "web@n2 stray", "db@n3 unknown"]);
  expect(model.nodes.get("n3")).toMatchObject({ state: "connecting", sinceMs: t + 9 });
});

test("a config with errors leaves the last good one in force", () => {
  const problem = { severity: "error" as const, file: "/c", line: 3, column: 1, path: "", message: "broken" };
  const before = modelOf(twoNodes, allUp);
  const after = reduce(before, {
    kind: "config",
    config: undefined,
    wishes: undefined,
    problems: [problem],
    failure: null,
    atMs: t + 9,
  });
  expect(after.config).toMatchObject({ config: twoNodes, problems: [problem], seenAtMs: t + 9 });
  expect(after.nodes).toBe(before.nodes);
});

test("a node that has another address is another node", () => {
  const moved = config({ ...twoNodes, nodes: [{ ...node("n1"), address: "10.9.9.9" }, node("n2")] });
  const read: Happening = {
    kind: "config",
    config: moved,
    wishes: new Map(),
    problems: [],
    failure: null,
    atMs: t + 9,
  };
  const model = reduce(modelOf(twoNodes, allUp), read);
  expect(model.nodes.get("n1")).toMatchObject({ state: "connecting", seenAtMs: null });
  expect(model.nodes.get("n2")).toMatchObject({ state: "answering" });
});

test("a move in hand is told in its container's rows, and no more when it has ended", () => {
  const move = {
    container: "web",
    from: "n1",
    to: "n2",
    generation: 2,
    step: "switching" as const,
    wasRunning: true,
    startedAt: "2026-01-01T00:00:00Z",
    who: "pi@desk",
  };
  const gone = [answered("n1", t), looked("n1", t, state([]))];
  const moving = modelOf(twoNodes, [...gone, { kind: "moves", open: [move], failure: null, atMs: t + 1 }]);
  expect(row(moving, "web@n1").detail).toBe("no such container; its move from n1 to n2 has not ended");
  const ended = reduce(moving, { kind: "moves", open: [], failure: null, atMs: t + 2 });
  expect(row(ended, "web@n1").detail).toBe("no such container");
});

test("events are kept up to a number", () => {
  const event = (index: number) => ({ time: "2026-01-01T00:00:00Z", type: `number.${String(index)}`, who: "me" });
  const many = Array.from({ length: keptEvents + 7 }, (_each, index) => event(index));
  const model = modelOf(twoNodes, [
    { kind: "events", events: many, atMs: t },
    { kind: "events", events: [event(9999)], atMs: t },
  ]);
  expect(model.events).toHaveLength(keptEvents);
  expect(model.events.at(-1)?.type).toBe("number.9999");
});

test("checks that fail come first, with how often and what they saw", () => {
  const watched = config({
    ...twoNodes,
    heartbeat: {
      ...twoNodes.heartbeat,
      checks: [
        { container: "web", node: "n1", check: { kind: "tcp", port: 80 } },
        { container: "db", node: "n2", check: { kind: "tcp", port: 5432 } },
      ],
    },
  });
  const memory = {
    lastRoundAt: t,
    trials: { "db@n2": { failures: 2, restarts: 1, lastRestartAt: t - 5 } },
    nodes: {},
    volumes: {},
    stopped: {},
    isolated: null,
    moves: [],
    told: {},
    failing: {},
  };
  const model = modelOf(watched, [{ kind: "heartbeat", memory, atMs: t + 1 }]);
  expect(
    model.heartbeat.checks.map(({ key, failures, restarts }) => `${key} ${String(failures)} ${String(restarts)}`),
  ).toEqual(["db@n2 2 1", "web@n1 0 0"]);
  const failing = [
    { container: "db", node: "n2", message: "refused", decision: "restart", trouble: "restart was in vain: no space" },
  ];
  const lastRound = { at: new Date(t).toISOString(), isolated: false, nodes: {}, failing };
  const told = reduce(model, { kind: "daemon", row: daemonRow({ lastRound }), failures: [], atMs: t + 2 });
  expect(reduce(told, { kind: "heartbeat", memory, atMs: t + 2 }).heartbeat.checks).toMatchObject([
    { key: "db@n2", message: "refused", decision: "restart", trouble: "restart was in vain: no space" },
    { key: "web@n1", message: null, decision: null, trouble: null },
  ]);
});

function daemonRow(parts: Partial<DaemonRow>): DaemonRow {
  const heartbeat = { automatic: true, intervalMs: 10_000 };
  const startedAt = new Date(t).toISOString();
  const known = { pid: 7, host: "desk", configPath: "/c.json", version: "1", startedAt, heartbeat };
  return { ...known, lastRound: undefined, lastRoundAgeMs: null, ...parts };
}

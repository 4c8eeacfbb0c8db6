import { expect, test } from "vitest";
import { readDaemonStatus } from "../../../src/app/daemon/status.ts";
import type { DaemonState } from "../../../src/domain/daemon.ts";
import type { StateDir } from "../../../src/domain/doctor/controller.ts";

const now = Date.parse("2026-01-31T10:00:00Z");
const at = (agoMs: number): string => new Date(now - agoMs).toISOString();
const round = (agoMs: number, isolated = false): DaemonState["lastRound"] => ({
  at: at(agoMs),
  isolated,
  nodes: { n1: "up" },
  failing: [],
});
const running: DaemonState = {
  pid: 7,
  host: "here",
  configPath: "/etc/pictl/config.json",
  version: "0.1.0",
  startedAt: at(100_000),
  heartbeat: { automatic: true, intervalMs: 10_000 },
  lastRound: round(9000),
};

async function told(
  state: DaemonState | undefined,
  holder?: { pid: number; host: string },
  stateDir: StateDir = { path: "/state", state: "writable" },
  renamed?: DaemonState,
): Promise<string[]> {
  const { failures } = await readDaemonStatus({
    state: { read: () => Promise.resolve(state), write: () => Promise.resolve() },
    holder: () => Promise.resolve(holder),
    ofOldName: () => Promise.resolve(renamed),
    now,
    stateDir,
  });
  return failures.map(({ message }) => message);
}

const here = { pid: 7, host: "here" };
const none = "No daemon watches this cluster from this machine.";
const last = `${none} The last one here was begun at ${at(100_000)}.`;

test.each<[string, DaemonState | undefined, { pid: number; host: string } | undefined, string[]]>([
  ["runs", running, here, []],
  ["was never here", undefined, undefined, [none]],
  ["has left", running, undefined, [last]],
  ["has left, and another process makes a single round", running, { pid: 8, host: "here" }, [last]],
  ["was on another machine that shares the state", running, { pid: 7, host: "elsewhere" }, [last]],
  ["has just begun", { ...running, startedAt: at(30_000), lastRound: undefined }, here, []],
  [
    "goes by an older config",
    { ...running, configProblem: "line 1 is wrong." },
    here,
    ["The daemon goes by the last good config, and fails nothing over: line 1 is wrong."],
  ],
  [
    "never ended a round",
    { ...running, lastRound: undefined },
    here,
    ["The daemon has ended no round for 100 s, and should every 10 s."],
  ],
  [
    "is stuck",
    { ...running, lastRound: round(41_000) },
    here,
    ["The daemon has ended no round for 41 s, and should every 10 s."],
  ],
  ["was slow", { ...running, lastRound: round(40_000) }, here, []],
  [
    "makes no rounds, and shall not",
    { ...running, heartbeat: { automatic: false, intervalMs: 10_000 }, lastRound: undefined },
    here,
    [],
  ],
  [
    "is cut off",
    { ...running, lastRound: round(1000, true) },
    here,
    ["The daemon believes that this machine is cut off from the nodes, and does nothing until it sees them again."],
  ],
])("a daemon that %s", async (_, state, holder, messages) => {
  expect(await told(state, holder)).toEqual(messages);
});

test("while its state cannot be written, that is told, and not that it makes no rounds", async () => {
  const full: StateDir = { path: "/state", state: "unusable", reason: "no room is left" };
  const messages = await told({ ...running, lastRound: round(1_000_000) }, here, full);
  expect(messages).toEqual([
    expect.stringMatching(/goes on from memory .* \/state cannot be written \(no room is left\)/),
  ]);
  expect(await told(undefined, undefined, full)).toEqual([none]);
});

test("one that goes by this file, under the name that the cluster had before, is the daemon, and says what is wrong", async () => {
  const configProblem = 'line 1: `cluster` is "new" in the config now.';
  const options = { path: "/state", state: "writable" } as const;
  expect(await told(undefined, undefined, options, { ...running, configProblem })).toEqual([
    `The daemon goes by the last good config, and fails nothing over: ${configProblem}`,
  ]);
});

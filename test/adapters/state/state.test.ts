import { execFileSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { daemonOfOldName, daemonPaths } from "../../../src/adapters/state/daemons.ts";
import { refuseUnsafeFolder } from "../../../src/adapters/state/folder.ts";
import * as state from "../../../src/adapters/state/index.ts";
import type { SavedVip, StateFile } from "../../../src/app/ports.ts";
import { acquireLock } from "../../../src/files/lock.ts";
import type { Schema } from "../../../src/files/schema.ts";
import type { DaemonState } from "../../../src/domain/daemon.ts";
import { type Memory, noMemory } from "../../../src/domain/heartbeat/memory.ts";

const anything = (value: unknown): never => value as never;
let warnings: string[];
const warn = (message: string): void => void warnings.push(message);

let folder: string;
beforeEach(() => {
  warnings = [];
  folder = mkdtempSync(join(tmpdir(), "pictl-state-"));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

test("no change of a shared state is lost, however many are made at once", async () => {
  const path = join(folder, "state", "numbers.json");
  const shared = state.openSharedState<readonly number[]>(path, anything, { warn });
  const numbers = Array.from({ length: 20 }, (_, index) => index);
  await Promise.all(numbers.map((each) => shared.update((before = []) => [...before, each])));
  expect(await shared.read()).toEqual(numbers);
  expect(JSON.parse(readFileSync(path, "utf8"))).toEqual(numbers);
});

test("a change that fails is told to who made it, and holds up nobody", async () => {
  const shared = state.openSharedState<number>(join(folder, "number.json"), anything, { warn });
  const failing = shared.update(() => {
    throw new RangeError("no");
  });
  const next = shared.update((before = 0) => before + 1);
  await expect(failing).rejects.toThrow("no");
  expect(await next).toBe(1);
});

test("what is not changed is not written", async () => {
  const path = join(folder, "number.json");
  const shared = state.openSharedState<number>(path, anything, { warn });
  await shared.update(() => 1);
  const written = statSync(path).ino;
  expect(await shared.update((before = 0) => before)).toBe(1);
  expect(statSync(path).ino).toBe(written);
  await shared.update(() => 2);
  expect(statSync(path).ino).not.toBe(written);
});

const vip: SavedVip = {
  leaseMs: 6000,
  since: "2026-01-01T00:00:00.000Z",
  memory: {
    lastAt: -1,
    holder: "n1",
    booked: { n1: null, n2: 5 },
    misses: { n1: 1 },
    wellSince: { n1: -3.5 },
    silentTicks: 0,
    failed: { n2: { count: 2, at: 7, why: "its disk is full" } },
    withoutSince: { n3: 9 },
    changes: [1],
    released: true,
    wish: null,
    told: "",
  },
};

const fullMemory: Memory = {
  ...noMemory,
  trials: { "web@n1": { failures: 1, restarts: 2, lastRestartAt: 3, starting: { since: 4, failures: 1 } } },
  moves: [{ container: "web", from: "n1", nodeDead: true, at: 5, moved: false }],
};

const daemon: DaemonState = {
  pid: 7,
  host: "h",
  configPath: "/etc/pictl/config.json",
  version: "0.1.0",
  startedAt: "2026-01-01T00:00:00.000Z",
  heartbeat: { automatic: true, intervalMs: 5000 },
  configProblem: "The config is invalid.",
};

test.each<[string, string, unknown, Schema<unknown>]>([
  ["a virtual IP", "vip", vip, state.savedVip],
  ["the heartbeat", "hb", { memory: fullMemory, monotonic: 1.5, now: 2 }, state.savedMemory],
  ["a daemon", "d", daemon, state.daemonState],
  [
    "a heartbeat of an older pictl",
    "hb",
    { memory: { lastRoundAt: 5, trials: {} }, monotonic: 1, now: 2 },
    state.savedMemory,
  ],
  [
    "leadership",
    "l",
    { owner: "a", epoch: 3, elected: true, frozen: [{ vip: "10.0.0.9", node: "n1" }], machine: "m" },
    state.savedLeadership,
  ],
  ["generations", "g", { last: 5, placed: { web: 5 }, latest: 9 }, state.generations],
  [
    "placements",
    "h",
    {
      records: [
        {
          ...{ container: "web", node: "n1", generation: 5, at: "2026", who: "me", cause: "pictl", image: "web" },
          ...{ imageId: null, digest: "d", outcome: "placed" },
          entry: { args: ["-d"], command: ["x"], image: "web:1", env: { A: "b" }, hidden: ["C"] },
        },
      ],
    },
    state.history,
  ],
  ["a request", "r", { id: "x", wish: { to: "n1" }, daemon: 7 }, state.vipRequest],
  [
    "a reply",
    "r",
    { id: "x", before: null, answer: { state: "refused", code: "superseded", why: "w" } },
    state.vipReply,
  ],
])("what is remembered of %s is read as it was written", async (_what, name, value, schema) => {
  const file = state.openStateFile(join(folder, `${name}.json`), schema, { warn });
  expect(await file.read()).toBeUndefined();
  await file.write(value);
  expect(await file.read()).toMatchObject(value as object);
  expect(warnings).toEqual([]);
});

test.each<[string, (path: string) => void, string]>([
  [
    "a folder",
    (path) => {
      mkdirSync(join(path, "below"), { recursive: true });
    },
    "is a folder",
  ],
  [
    "a fifo",
    (path) => {
      execFileSync("mkfifo", [path]);
    },
    "is not a regular file, but a fifo",
  ],
  [
    "a link to a file that never ends",
    (path) => {
      symlinkSync("/dev/zero", path);
    },
    "is a symbolic link",
  ],
  [
    "a link to nothing",
    (path) => {
      symlinkSync("/nowhere", path);
    },
    "is a symbolic link",
  ],
  [
    "half a file",
    (path) => {
      writeFileSync(path, '{"leaseMs":60');
    },
    "is not whole JSON",
  ],
  [
    "nothing",
    (path) => {
      writeFileSync(path, "");
    },
    "is not whole JSON",
  ],
  [
    "a number",
    (path) => {
      writeFileSync(path, "7");
    },
    "is not what pictl has written",
  ],
  [
    "null",
    (path) => {
      writeFileSync(path, "null");
    },
    "is not what pictl has written",
  ],
  [
    "another shape",
    (path) => {
      writeFileSync(path, '{"leaseMs":1,"since":null,"memory":[]}');
    },
    "is not what pictl has written",
  ],
])("%s in its place is set aside and told, and the next one is written", async (_what, plant, why) => {
  const path = join(folder, "vip.json");
  for (let turn = 0; turn < 2; turn++) {
    plant(path);
    const file = state.openStateFile(path, state.savedVip, { warn });
    expect(await file.read()).toBeUndefined();
    expect(warnings[turn]).toBe(
      `The state file ${path} ${why}; what was remembered in it is lost, it is ${path}.damaged now.`,
    );
    await file.write(vip);
    expect(await file.read()).toEqual(vip);
    rmSync(path);
  }
});

test.each<[string, (path: string) => void]>([
  [
    "copied away and back",
    (path) => void execFileSync("sh", ["-c", 'cp -a "$1" "$1.bak" && mv "$1.bak" "$1"', "", path]),
  ],
  [
    "written into it",
    (path) => {
      writeFileSync(path, readFileSync(`${path}.before`));
    },
  ],
])("what was put back from a backup is told from what was written there: %s", async (_how, putBack) => {
  const path = join(folder, "leadership.json");
  const open = (): StateFile<{ n: number }> =>
    state.openStateFile(path, (value) => ({ n: (value as { n: number }).n }), { warn, copied: () => ({ n: -1 }) });
  await open().write({ n: 1 });
  expect(await open().read()).toEqual({ n: 1 });
  execFileSync("ln", [path, `${path}.before`]);
  await open().write({ n: 2 });
  expect(await open().read()).toEqual({ n: 2 });
  putBack(path);
  expect(await open().read()).toEqual({ n: -1 });
  await open().write({ n: 3 });
  expect(await open().read()).toEqual({ n: 3 });
  // As a pictl of before has written it.
  writeFileSync(path, '{"n":4}');
  expect(await open().read()).toEqual({ n: 4 });
});

test("a file of 100 GB is not read", async () => {
  const path = join(folder, "vip.json");
  execFileSync("truncate", ["-s", "100G", path]);
  expect(await state.openStateFile(path, state.savedVip, { warn }).read()).toBeUndefined();
  expect(warnings[0]).toContain("has more than 64 MB");
});

test("a link is replaced, and what it leads to is left alone", async () => {
  const [path, victim] = [join(folder, "vip.json"), join(folder, "victim")];
  writeFileSync(victim, "precious");
  symlinkSync(victim, path);
  await state.openStateFile(path, state.savedVip, { warn }).write(vip);
  expect(readFileSync(victim, "utf8")).toBe("precious");
  expect(JSON.parse(readFileSync(path, "utf8"))).toEqual(vip);
  expect(readdirSync(folder).sort()).toEqual(["victim", "vip.json"]);
});

const asRoot = process.getuid?.() === 0;

test.skipIf(!asRoot).each<[string, (dir: string) => void, RegExp | undefined]>([
  ["is not there yet", () => undefined, undefined],
  [
    "is ours",
    (dir) => {
      mkdirSync(dir, { mode: 0o755 });
    },
    undefined,
  ],
  [
    "is of the config's owner",
    (dir) => {
      mkdirSync(dir);
      chownSync(dir, 4242, 4242);
    },
    undefined,
  ],
  [
    "everybody may write",
    (dir) => {
      mkdirSync(dir);
      chmodSync(dir, 0o777);
    },
    /may be written by others \(mode 0777\).*chmod go-w/,
  ],
  [
    "a group may write",
    (dir) => {
      mkdirSync(dir);
      chmodSync(dir, 0o2770);
    },
    /may be written by others \(mode 2770\)/,
  ],
  [
    "is somebody else's",
    (dir) => {
      mkdirSync(dir);
      chownSync(dir, 65534, 65534);
    },
    /belongs to another user \(65534\)/,
  ],
  [
    "is a link to such a one",
    (dir) => {
      mkdirSync(`${dir}2`);
      chmodSync(`${dir}2`, 0o777);
      symlinkSync(`${dir}2`, dir);
    },
    /may be written by others/,
  ],
  [
    "lies where everybody may write",
    (dir) => {
      mkdirSync(dir);
      chmodSync(folder, 0o777);
    },
    /lies in .*, which everybody may write \(mode 0777\).*chmod o-w/,
  ],
])("a state folder that %s", async (_what, plant, refused) => {
  const dir = join(folder, "state");
  const config = join(folder, "config.json");
  writeFileSync(config, "{}");
  chownSync(config, 4242, 4242);
  plant(dir);
  const looking = refuseUnsafeFolder(dir, config);
  if (refused === undefined) await expect(looking).resolves.toBeUndefined();
  else {
    const error = (await looking.then(
      () => undefined,
      (reason: unknown) => reason,
    )) as { message: string; hint: string };
    expect(`${error.message} ${error.hint}`).toMatch(refused);
  }
  expect(existsSync(dir)).toBe(_what !== "is not there yet");
});

test("a daemon that began with this config under another name of the cluster is found while it runs", async () => {
  const told: DaemonState = {
    pid: process.pid,
    host: hostname(),
    configPath: "/etc/pictl/config.json",
    version: "0.1.0",
    startedAt: "2026-01-31T10:00:00Z",
    heartbeat: { automatic: true, intervalMs: 10_000 },
  };
  const find = (cluster: string, configPath = told.configPath) =>
    daemonOfOldName({ stateDir: folder, cluster, configPath }, { warn });
  expect(await find("new")).toBeUndefined();
  expect(
    await daemonOfOldName({ stateDir: join(folder, "none"), cluster: "new", configPath: "" }, { warn }),
  ).toBeUndefined();
  const paths = daemonPaths(folder, "old");
  await state.openStateFile(paths.state, state.daemonState, { warn }).write(told);
  expect(await find("new")).toBeUndefined();
  const lock = await acquireLock(paths.lock, 0, (holder) => holder);
  expect(await find("new")).toEqual(told);
  expect([await find("old"), await find("new", "/elsewhere.json")]).toEqual([undefined, undefined]);
  await lock.release();
  expect(await find("new")).toBeUndefined();
});

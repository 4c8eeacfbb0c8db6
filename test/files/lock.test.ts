import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { acquireLock as acquire, type Lock, lockHolder } from "../../src/files/lock.ts";
import { temporaryFolder } from "../adapters/config/folder.ts";

const boot = existsSync("/proc/sys/kernel/random/boot_id")
  ? readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim()
  : "";

function acquireLock(path: string, waitMs: number): Promise<Lock> {
  return acquire(path, waitMs, (holder) => `The config is being changed by ${holder}; nothing was written.`);
}

function lockPath(): string {
  return join(temporaryFolder(), "config.json.lock");
}

function hold(path: string, holder: object): void {
  const now = { pid: process.pid, started: "", host: hostname(), boot, since: "2026-01-01T00:00:00.000Z", nonce: "x" };
  writeFileSync(path, JSON.stringify({ ...now, ...holder }));
}

test("one holds it, who waits gets it next", async () => {
  const path = lockPath();
  const first = await acquireLock(path, 1000);
  expect(await first.isHeld()).toBe(true);
  const second = acquireLock(path, 5000);
  await first.release();
  expect(await (await second).isHeld()).toBe(true);
  expect(await first.isHeld()).toBe(false);
  await first.release();
  await (await second).release();
  expect(readdirSync(dirname(path))).toEqual([]);
});

test("who waits in vain is told who holds it", async () => {
  const path = lockPath();
  hold(path, {});
  await expect(acquireLock(path, 60)).rejects.toMatchObject({
    code: "lock-held",
    message: `The config is being changed by process ${process.pid} on ${hostname()}, since 2026-01-01T00:00:00.000Z; nothing was written.`,
  });
  expect(readdirSync(dirname(path))).toEqual(["config.json.lock"]);
});

const dead = spawnSync("true").pid;

test.each([
  ["a process that is gone", { pid: dead }],
  ["a process id that is used again", { started: "1" }],
  ["another boot of this machine", { boot: "00000000-0000-0000-0000-000000000000" }],
])("%s does not hold it", async (_, holder) => {
  const path = lockPath();
  hold(path, holder);
  const lock = await acquireLock(path, 1000);
  expect(await lock.isHeld()).toBe(true);
  await lock.release();
});

test("of many that find a dead holder, one at a time gets it", { repeats: 20, timeout: 60_000 }, async () => {
  const path = lockPath();
  hold(path, { pid: dead });
  let holders = 0;
  await Promise.all(
    Array.from({ length: 20 }, async () => {
      const lock = await acquireLock(path, 20_000);
      expect(++holders).toBe(1);
      await new Promise((resolve) => setImmediate(resolve));
      expect(await lock.isHeld()).toBe(true);
      holders--;
      await lock.release();
    }),
  );
});

test("who died while removing a dead holder's is no obstacle", async () => {
  const path = lockPath();
  hold(path, { pid: dead });
  hold(`${path}.stale`, { pid: dead });
  const lock = await acquireLock(path, 5000);
  expect(await lock.isHeld()).toBe(true);
  await lock.release();
  expect(readdirSync(dirname(path))).toEqual([]);
});

test("a process on another machine holds it as long as its file is there", async () => {
  const path = lockPath();
  hold(path, { pid: dead, host: "elsewhere" });
  await expect(acquireLock(path, 60)).rejects.toMatchObject({
    hint: expect.stringContaining(`remove ${path}`) as string,
  });
});

test("who holds it can be seen without trying to get it", async () => {
  const path = lockPath();
  expect(await lockHolder(path)).toBeUndefined();
  hold(path, { pid: dead });
  expect(await lockHolder(path)).toBeUndefined();
  hold(path, {});
  expect(await lockHolder(path)).toMatchObject({ pid: process.pid, host: hostname() });
  expect(readdirSync(dirname(path))).toEqual(["config.json.lock"]);
});

test.each<[string, (path: string) => void]>([
  [
    "a folder",
    (path) => {
      mkdirSync(path);
    },
  ],
  ["a fifo", (path) => void spawnSync("mkfifo", [path])],
  [
    "a link to nothing",
    (path) => {
      symlinkSync("/nowhere", path);
    },
  ],
  [
    "a link to a file that never ends",
    (path) => {
      symlinkSync("/dev/zero", path);
    },
  ],
])("%s in its place is told, and keeps nobody waiting", async (_what, plant) => {
  const path = lockPath();
  plant(path);
  await expect(acquireLock(path, 10_000)).rejects.toMatchObject({
    code: "lock-held",
    message: expect.stringContaining(`${path} should be a lock file and is `) as string,
  });
  await expect(lockHolder(path)).rejects.toMatchObject({ code: "lock-held" });
  expect(readdirSync(dirname(path))).toEqual(["config.json.lock"]);
});

test.each(["{}", "[]", "null", '{"pid":"1","host":"x"}', '{"pid":-1,"host":"x"}'])(
  "one that says %s is somebody's, whoever that is",
  async (text) => {
    const path = lockPath();
    writeFileSync(path, text);
    await expect(acquireLock(path, 0)).rejects.toMatchObject({
      code: "lock-held",
      message: expect.stringContaining("something else") as string,
    });
    expect(await lockHolder(path)).toBeUndefined();
  },
);

import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { withLock } from "../../../src/lab/machine/lock.ts";
import { processRef } from "../../../src/lab/machine/process.ts";

let dir = "";
let path = "";
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "pictl-lock-"));
  path = join(dir, "locks", "x.lock");
});
afterEach(() => {
  rmSync(dir, { recursive: true });
});
const options = { waitMs: 10_000, holderIs: "testing" };

test("one at a time, and nothing is left", async () => {
  let inside = 0;
  let most = 0;
  const work = async (): Promise<void> => {
    most = Math.max(most, ++inside);
    await new Promise(setImmediate);
    inside -= 1;
  };
  await Promise.all(Array.from({ length: 8 }, () => withLock(path, options, work)));
  expect(most).toBe(1);
  expect(existsSync(join(dir, "locks"))).toBe(false);
});

test("a failing work lets go", async () => {
  await expect(withLock(path, options, () => Promise.reject(new Error("no")))).rejects.toThrow("no");
  expect(existsSync(path)).toBe(false);
});

test("who does not get it is told who holds it", async () => {
  await withLock(path, options, async () => {
    await expect(withLock(path, { ...options, waitMs: 50 }, () => Promise.resolve())).rejects.toMatchObject({
      code: "lock-held",
      message: `Another pictl is testing (process ${process.pid}).`,
    });
  });
});

test("a dead holder's lock is taken over, even when its process id lives on in another process", async () => {
  const child = spawn("sleep", ["1000"]);
  const dead = processRef(child.pid ?? 0);
  expect(dead).toBeDefined();
  child.kill("SIGKILL");
  await once(child, "exit");
  for (const holder of [dead, { pid: process.pid, startTime: "1" }]) {
    await withLock(path, options, () => {
      writeFileSync(join(dir, "other.lock"), JSON.stringify(holder));
      return withLock(join(dir, "other.lock"), { ...options, waitMs: 0 }, () => Promise.resolve());
    });
  }
});

test("waiting hears the signal", async () => {
  const controller = new AbortController();
  const reason = new Error("stop");
  await withLock(path, options, async () => {
    const waiting = withLock(path, { ...options, signal: controller.signal }, () => Promise.resolve());
    controller.abort(reason);
    await expect(waiting).rejects.toBe(reason);
  });
});

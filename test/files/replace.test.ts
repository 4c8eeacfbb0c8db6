import { mkdtemp, open, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, expect, onTestFinished, test, vi } from "vitest";
import { replaceFile } from "../../src/files/replace.ts";

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "pictl-replace-"));
  onTestFinished(() => rm(folder, { recursive: true }));
});

/** What the file said at each fsync. */
async function syncsOf(path: string, work: () => Promise<void>): Promise<string[]> {
  const any = await open(folder, "r");
  const prototype = Object.getPrototypeOf(any) as { sync(): Promise<void> };
  await any.close();
  const syncs: string[] = [];
  const spy = vi.spyOn(prototype, "sync").mockImplementation(async () => {
    syncs.push(await readFile(path, "utf8"));
  });
  try {
    await work();
  } finally {
    spy.mockRestore();
  }
  return syncs;
}

test("what is to be durable is on the disk before it gets its name, and its name afterwards", async () => {
  const path = join(folder, "state.json");
  await writeFile(path, "old");
  const durable = await syncsOf(path, () => replaceFile(path, "new", { mode: 0o600, durable: true }));
  expect(durable).toEqual(["old", "new"]);
  const cheap = await syncsOf(path, () => replaceFile(path, "newer", { mode: 0o600, durable: false }));
  expect(cheap).toEqual([]);
  expect(await readFile(path, "utf8")).toBe("newer");
});

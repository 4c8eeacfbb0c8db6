import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, expect, onTestFinished, test } from "vitest";
import { replaceFile } from "../../src/files/replace.ts";
import { syncsOf } from "../support/syncs.ts";

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "pictl-replace-"));
  onTestFinished(() => rm(folder, { recursive: true }));
});

test("what is to be durable is on the disk before it gets its name, and its name afterwards", async () => {
  const path = join(folder, "state.json");
  await writeFile(path, "old");
  const durable = await syncsOf(path, () => replaceFile(path, "new", { mode: 0o600, durable: true }));
  expect(durable).toEqual(["old", "new"]);
  const cheap = await syncsOf(path, () => replaceFile(path, "newer", { mode: 0o600, durable: false }));
  expect(cheap).toEqual([]);
  expect(await readFile(path, "utf8")).toBe("newer");
});

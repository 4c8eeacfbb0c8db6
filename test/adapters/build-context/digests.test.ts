import {
  appendFileSync,
  chmodSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { SavedDigests } from "../../../src/adapters/build-context/digests.ts";
import { contextsIn, memoryFolder, opened } from "./contexts.ts";
import { folderWith } from "./folders.ts";

/** So far behind every change that all files count as settled. */
const later = 10_000;

async function digestOf(folder: string, memory = memoryFolder(), aheadMs = later): Promise<string> {
  return (await opened(contextsIn(memory, aheadMs), folder)).digest;
}

function savedIn(memory: string): { readonly path: string; readonly saved: SavedDigests } {
  const [name = ""] = readdirSync(memory);
  const path = join(memory, name);
  return { path, saved: JSON.parse(readFileSync(path, "utf8")) as SavedDigests };
}

/** Until the file system's clock has moved on: what changes from now on has another time than what changed before. */
function nextTick(folder: string): void {
  const probe = join(folder, "..", "pictl-tick");
  const timeOf = (): bigint => {
    writeFileSync(probe, "");
    return statSync(probe, { bigint: true }).ctimeNs;
  };
  const before = timeOf();
  while (timeOf() === before);
  rmSync(probe);
}

describe("what is known of a folder's files", () => {
  it("is used for those that are as they were, and only for those", async () => {
    const folder = folderWith({ a: "1", b: "2" });
    const memory = memoryFolder();
    const whole = await digestOf(folder, memory);
    const { path, saved } = savedIn(memory);
    expect(saved.files.map(([name]) => name)).toEqual(["Dockerfile", "a", "b"]);
    // Only a digest that was not computed anew can be a wrong one.
    const wrong = saved.files.map(([name, stamp, digest]) => [name, stamp, name === "a" ? "wrong" : digest]);
    writeFileSync(path, JSON.stringify({ ...saved, files: wrong }));
    expect(await digestOf(folder, memory)).not.toBe(whole);
    nextTick(folder);
    writeFileSync(join(folder, "a"), "1");
    expect(await digestOf(folder, memory)).toBe(whole);
  });

  it("does not hold a file that changed just now", async () => {
    const memory = memoryFolder();
    await digestOf(folderWith({ a: "1" }), memory, 0);
    expect(readdirSync(memory)).toEqual([]);
  });

  it("is forgotten with the file", async () => {
    const folder = folderWith({ a: "1", b: "2" });
    const memory = memoryFolder();
    await digestOf(folder, memory);
    rmSync(join(folder, "b"));
    await digestOf(folder, memory);
    expect(savedIn(memory).saved.files.map(([name]) => name)).toEqual(["Dockerfile", "a"]);
  });

  it("of another folder, or damaged, is not used", async () => {
    const folder = folderWith({ a: "1" });
    const memory = memoryFolder();
    const whole = await digestOf(folder, memory);
    const { path, saved } = savedIn(memory);
    const files = saved.files.map(([name, stamp]) => [name, stamp, "wrong"]);
    for (const text of [JSON.stringify({ folder: "/elsewhere", files }), "null", "{", ""]) {
      writeFileSync(path, text);
      expect(await digestOf(folder, memory)).toBe(whole);
    }
  });

  it("cannot be kept: the folder is read each time", async () => {
    const folder = folderWith({ a: "1" });
    const noFolder = join(folderWith({ a: "a file" }), "a");
    expect(await digestOf(folder, noFolder)).toBe(await digestOf(folder));
  });

  it("never changes the digest, whatever is done to the folder in between", async () => {
    const name = fc.constantFrom("a", "b", "c");
    const edit = fc.oneof(
      fc.record({ kind: fc.constant("write"), name, text: fc.constantFrom("1", "2") }),
      fc.record({ kind: fc.constant("append"), name, text: fc.constantFrom("1", "2") }),
      fc.record({ kind: fc.constant("chmod"), name, text: fc.constant("") }),
      fc.record({ kind: fc.constant("rename"), name, text: name }),
      fc.record({ kind: fc.constant("remove"), name, text: fc.constant("") }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(edit, { maxLength: 3 }), { maxLength: 5 }), async (rounds) => {
        const folder = folderWith({ a: "1", b: "1" });
        const memory = memoryFolder();
        for (const edits of rounds) {
          nextTick(folder);
          for (const { kind, name: file, text } of edits) apply(folder, kind, file, text);
          expect(await digestOf(folder, memory)).toBe(await digestOf(folder));
        }
      }),
      { numRuns: 40 },
    );
  });
});

function apply(folder: string, kind: string, name: string, text: string): void {
  const path = join(folder, name);
  const there = readdirSync(folder).includes(name);
  if (kind === "write") writeFileSync(path, text);
  else if (kind === "append") appendFileSync(path, text);
  else if (kind === "remove") rmSync(path, { force: true });
  else if (there && kind === "chmod") chmodSync(path, statSync(path).mode ^ 0o100);
  else if (there) renameSync(path, join(folder, text));
}

import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openJournal } from "../../../src/adapters/journal/index.ts";
import type { MoveRecord } from "../../../src/domain/move/journal.ts";
import { moveRecord } from "../../fakes/move.ts";
import { syncsOf } from "../../support/syncs.ts";

const move = moveRecord({ generation: 7, step: "begun" });
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "pictl-journal-"));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

test("keeps the last step of each move until it has ended", async () => {
  const journal = openJournal(folder, "home");
  expect(await journal.read()).toEqual([]);
  await journal.write(move);
  await journal.write({ ...move, step: "switching" });
  await journal.write({ ...move, container: "db" });
  expect((await openJournal(folder, "home").read()).map((each) => `${each.container} ${each.step}`)).toEqual([
    "db begun",
    "web switching",
  ]);
  expect(statSync(join(folder, "moves-home/web@7.json")).mode & 0o777).toBe(0o600);
  await journal.remove(move);
  await journal.remove(move);
  expect((await journal.read()).map((each) => each.container)).toEqual(["db"]);
});

test("what waits for a node is kept beside the container's next move", async () => {
  const journal = openJournal(folder, "home");
  const stepsOf = async (): Promise<string[]> =>
    (await journal.read()).map(({ from, to, step }) => `${from} ${to} ${step}`).sort();
  const next: MoveRecord = { ...move, to: "n3", generation: 8 };
  await journal.write({ ...move, step: "written" });
  await journal.write(next);
  await journal.write({ ...move, step: "undone" });
  expect(await stepsOf()).toEqual(["n1 n2 undone", "n1 n3 begun"]);
  await journal.remove(move);
  expect(await stepsOf()).toEqual(["n1 n3 begun"]);
});

test("a folder that cannot be written stops a move before it begins, and says what to do", async () => {
  writeFileSync(join(folder, "file"), "");
  await expect(openJournal(join(folder, "file"), "home").write(move)).rejects.toMatchObject({
    code: "state-write-failed",
    message: expect.stringContaining("cannot be written: a part of its path is a file, and no folder.") as string,
    hint: expect.stringContaining("state_dir") as string,
  });
});

test("a record that is no longer JSON is told, not passed over", async () => {
  const journal = openJournal(folder, "home");
  await journal.write(move);
  writeFileSync(join(folder, "moves-home/web@7.json"), "{");
  await expect(journal.read()).rejects.toMatchObject({ code: "state-write-failed" });
  await expect(journal.read(["web"])).rejects.toMatchObject({ code: "state-write-failed" });
  expect(await journal.read(["db"])).toEqual([]);
});

test("a record that another pictl removes while the journal is read ends no command", async () => {
  const journal = openJournal(folder, "home");
  await journal.write(move);
  await journal.write({ ...move, container: "db" });
  // Which records concern the reader is asked when they are listed and not read yet.
  const asked = Object.assign(["web"], {
    some: () => {
      rmSync(join(folder, "moves-home/web@7.json"), { force: true });
      return true;
    },
  });
  expect((await journal.read(asked)).map((each) => each.container)).toEqual(["db"]);
});

test("a step of a move is on the disk before anything is done by it: a crash of the machine forgets none", async () => {
  const path = join(folder, "moves-home/web@7.json");
  const journal = openJournal(folder, "home");
  await journal.write(move);
  const before = readFileSync(path, "utf8");
  const next: MoveRecord = { ...move, step: "switching" };
  expect(await syncsOf(path, () => journal.write(next))).toEqual([before, `${JSON.stringify(next)}\n`]);
});

test("clusters that share a state folder do not see each other's moves, nor keep each other off a container", async () => {
  const [home, office] = ["home", "office"].map((cluster) => openJournal(folder, cluster));
  await home?.write(move);
  const claim = await home?.claim("web", 0);
  expect(await office?.read()).toEqual([]);
  await (await office?.claim("web", 0))?.release();
  await claim?.release();
});

test("only one process moves a container at a time, and a second one is told who", async () => {
  const journal = openJournal(folder, "home");
  const claim = await journal.claim("web", 0);
  await expect(journal.claim("web", 0)).rejects.toMatchObject({
    code: "lock-held",
    message: expect.stringContaining("web is being moved by process") as string,
  });
  const other = await journal.claim("db", 0);
  await claim.release();
  await other.release();
  await (await journal.claim("web", 0)).release();
  expect(await journal.read()).toEqual([]);
});

import { mkdtempSync, writeFileSync } from "node:fs";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished, test, expect } from "vitest";
import { whyUnwritten } from "../../src/files/unwritten.ts";

test("why nothing was written is told in words, and not in the system's", async () => {
  const folder = mkdtempSync(join(tmpdir(), "pictl-unwritten-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  writeFileSync(join(folder, "file"), "");
  const why = (work: Promise<unknown>): Promise<unknown> => work.then(() => "it was", whyUnwritten);
  expect(await why(writeFile(join(folder, "none/state.json"), ""))).toBe("its folder does not exist");
  expect(await why(writeFile(folder, ""))).toBe("there is a folder of that name");
  expect(await why(mkdir(join(folder, "file/state"), { recursive: true }))).toBe(
    "a part of its path is a file, and no folder",
  );
  const noFolder = Object.assign(new Error("ENOENT"), { code: "ENOENT", syscall: "mkdir" });
  expect(whyUnwritten(noFolder)).toBe("its folder cannot be made; its file system may be read-only");
  expect(await why(writeFile("/dev/full", "more than nothing"))).toBe("the disk is full");
  expect(whyUnwritten(new Error("something else"))).toBe("something else");
});

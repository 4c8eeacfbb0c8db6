import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, expect, onTestFinished, test } from "vitest";
import { openCandidate } from "../../../src/cli/errors/candidate.ts";

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "pictl-candidate-"));
  onTestFinished(() => rm(folder, { recursive: true }));
});

test("a config that came up meanwhile is left as it is, unless it is to be replaced", async () => {
  const output = join(folder, "config.json");
  const careful = await openCandidate(output, "ours", false);
  await writeFile(output, "somebody's");
  await expect(careful.keep()).rejects.toMatchObject({ code: "confirmation-missing" });
  await careful.remove();
  expect(await readFile(output, "utf8")).toBe("somebody's");

  const forced = await openCandidate(output, "ours", true);
  await forced.keep();
  expect(await readFile(output, "utf8")).toBe("ours");
  expect(await readdir(folder)).toEqual(["config.json"]);
});

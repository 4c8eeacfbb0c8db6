import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import Logs from "../../../commands/logs.ts";
import { runCommand } from "../../support/command.ts";

test.each([[[]], [["--follow"]]])("logs of an empty layout say why there are none: %j", async (words) => {
  const folder = mkdtempSync(join(tmpdir(), "pictl-logs-"));
  onTestFinished(() => {
    rmSync(folder, { recursive: true });
  });
  const config = join(folder, "config.json");
  writeFileSync(config, JSON.stringify({ layout: [], nodes: { n1: { address: "127.0.0.1" } }, state_dir: "state" }));
  const { code, stdout, stderr } = await runCommand(Logs, words, config);
  expect([code, stdout]).toEqual([0, ""]);
  expect(stderr).toContain("The layout of the config has no container.");
});

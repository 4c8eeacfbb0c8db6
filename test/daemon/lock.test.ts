import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { quietContext } from "../support/quiet-context.ts";

test("a state folder that cannot be written is told as that, with what to do", async () => {
  const folder = mkdtempSync(join(tmpdir(), "pictl-lock-"));
  const config = join(folder, "config.json");
  // Root may write into every folder, but not into a file as if it were one.
  writeFileSync(join(folder, "state"), "");
  writeFileSync(config, JSON.stringify({ layout: [{ node: "127.0.0.1" }], state_dir: "state" }), { mode: 0o600 });
  const context = await quietContext(config, "test");
  try {
    await expect(context.daemon.lock()).rejects.toMatchObject({
      code: "state-write-failed",
      message: expect.stringContaining(join(folder, "state")) as string,
      hint: expect.stringContaining("`state_dir`") as string,
    });
  } finally {
    await context.close();
    rmSync(folder, { recursive: true });
  }
});

/** Runs files of tests on mutated sources. */
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/**
 * Runs `tests` (none: all of them) one after the other until one fails. Resolves to what failed, to `time` when they took
 * longer than `seconds`, or to undefined.
 */
export function runTests(
  env: Readonly<Record<string, string>>,
  tests: readonly string[],
  seconds = 3600,
): Promise<string | undefined> {
  const one = tests.length > 0 ? ["--bail=1", "--maxWorkers=1"] : [];
  const args = ["run", "--config", here("vitest.config.ts"), "--reporter=json", ...one, ...tests];
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [here("../../node_modules/vitest/vitest.mjs"), ...args], {
      // A mutant shows in the first histories, or in none of as many as fit into the usual time.
      env: { ...process.env, SIM_BUDGET: "2000", PICTL_TESTS: tests.join(" "), ...env },
      stdio: ["ignore", "pipe", "ignore"],
      detached: true,
    });
    let output = "";
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      if (child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
    }, seconds * 1000);
    child.stdout.on("data", (chunk: Buffer) => {
      output += chunk.toString("utf8");
    });
    child.on("error", reject);
    child.on("close", (code) => {
      clearTimeout(timer);
      if (late) resolve("time");
      else if (code === 0) resolve(undefined);
      else resolve(/"status":"failed"[^}]*?"title":"((?:[^"\\]|\\.)*)"/.exec(output)?.[1] ?? "does not load");
    });
  });
}

/** Runs tests with `runner.ts`, in a new process after each that hangs or is spoilt, until they are through. */
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { lastOf, Ledger } from "./ledger.ts";

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

export interface Run {
  readonly ledger: string;
  /** A file with the ids of the mutants that are to be tried. */
  readonly mutants: string;
  /** By tests that do not take longer. */
  readonly upToMs: number;
  /** Files of tests that have some to try. */
  readonly tests: (known: Ledger) => readonly string[];
}

/** All tests once, as they are. */
export async function runPlain(ledger: string): Promise<Ledger> {
  await run({ PICTL_LEDGER: ledger }, []);
  return new Ledger(ledger);
}

export async function runThrough({ ledger, mutants, upToMs, tests }: Run): Promise<Ledger> {
  for (let before = -1; ;) {
    const known = new Ledger(ledger);
    const left = tests(known);
    const { size } = lastOf(ledger);
    // A process that has written nothing would write nothing again.
    if (left.length === 0 || size === before) return known;
    before = size;
    const env = { PICTL_LEDGER: ledger, PICTL_MUTANTS: mutants, PICTL_UP_TO_MS: String(upToMs) };
    await run(env, left, (end) => watched(ledger, end));
  }
}

/** One process, from its start to its end. `watch` gets what ends it, and returns what ends the watching. */
function run(
  env: Readonly<Record<string, string>>,
  tests: readonly string[],
  watch?: (end: () => void) => () => void,
): Promise<void> {
  const args = ["run", "--config", here("vitest.config.ts"), "--reporter=dot", ...tests];
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [here("../../node_modules/vitest/vitest.mjs"), ...args], {
      // A mutant shows in the first histories, or in none of as many as fit into the usual time.
      env: { ...process.env, SIM_BUDGET: "2000", ...env },
      stdio: "ignore",
      detached: true,
    });
    const unwatch = watch?.(() => {
      if (child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
    });
    child.on("error", reject);
    child.on("close", () => {
      unwatch?.();
      resolve();
    });
  });
}

/** A loop without an end does not let the runner's own limit come about. */
function watched(path: string, end: () => void): () => void {
  const everyMs = 2000;
  let [seen, stillMs] = [-1, 0];
  const timer = setInterval(() => {
    const { size, entry } = lastOf(path);
    stillMs = size === seen ? stillMs + everyMs : 0;
    seen = size;
    if (entry?.what !== "tries" || stillMs < 10_000 + 8 * entry.ms) return;
    new Ledger(path).add({ what: "killed", test: `${entry.test} (time)`, mutant: entry.mutant });
    end();
  }, everyMs);
  return () => {
    clearInterval(timer);
  };
}

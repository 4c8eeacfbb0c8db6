/** Commands that run beside each other, readably: each line says whose it is, and a failure is told once, at the end. */
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

export interface Step {
  readonly name: string;
  /** For `sh -c`. */
  readonly command: string;
  /** Its stdout is shown as it comes; else, as stderr always is, when it has ended, and after everything if it failed. */
  readonly live: boolean;
}

interface Ended {
  readonly name: string;
  readonly ms: number;
  readonly ok: boolean;
  readonly held: readonly string[];
  /** The test files that failed, where that was for want of processors alone. */
  readonly tooBusy: readonly string[];
}

/**
 * Runs each stage's steps at once, and a stage only when those before it were whole. What failed only because the machine
 * was too busy (the step says so in the file that TEST_TOO_BUSY names) runs again alone, by `again`, when all else has
 * ended. Writes what they say, the reports of those that failed, and a table, line by line. Resolves to whether
 * everything was whole.
 */
export async function runStages(
  stages: readonly (readonly Step[])[],
  again: (files: readonly string[]) => Step,
  write: (line: string) => void,
): Promise<boolean> {
  const ended: Ended[] = [];
  const skipped: Step[] = [];
  const width = Math.max(...stages.flat().map(({ name }) => name.length), again([]).name.length) + 2;
  const runOne = (step: Step): Promise<Ended> =>
    run(step, (line) => {
      write(`${step.name.padEnd(width)}${line}`);
    });
  for (const stage of stages) {
    if (ended.every(isFine)) ended.push(...(await Promise.all(stage.map(runOne))));
    else skipped.push(...stage);
  }
  const files = ended.flatMap(({ tooBusy }) => tooBusy);
  if (files.length > 0 && ended.every(isFine)) ended.push({ ...(await runOne(again(files))), tooBusy: [] });
  const failed = ended.filter((each) => !isFine(each));
  for (const { name, held } of failed) {
    write("");
    write(`== ${name} failed ==`);
    for (const line of held) write(line);
  }
  const because = failed.map(({ name }) => name).join(" and ");
  write("");
  for (const { name, ms, ok, tooBusy } of ended) {
    const files = tooBusy.length > 0 ? `  the machine was too busy for ${tooBusy.join(", ")}` : "";
    const word = ok ? "ok" : tooBusy.length > 0 ? "again" : "FAILED";
    write(`${name.padEnd(width)}${word.padEnd(6)}${(ms / 1000).toFixed(0).padStart(6)} s${files}`);
  }
  for (const { name } of skipped) write(`${name.padEnd(width)}not run, since ${because} failed`);
  return failed.length === 0;
}

function isFine({ ok, tooBusy }: Ended): boolean {
  return ok || tooBusy.length > 0;
}

async function run({ name, command, live }: Step, say: (line: string) => void): Promise<Ended> {
  const from = performance.now();
  const held: string[] = [];
  const hold = (line: string): void => {
    held.push(line);
  };
  const folder = mkdtempSync(join(tmpdir(), "pictl-test-"));
  const list = join(folder, "too-busy");
  const child = spawn("sh", ["-c", command], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, TEST_TOO_BUSY: list },
  });
  createInterface({ input: child.stdout }).on("line", live ? say : hold);
  createInterface({ input: child.stderr }).on("line", hold);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", resolve);
  });
  const ms = performance.now() - from;
  const tooBusy = code === 0 ? [] : linesOf(list);
  rmSync(folder, { recursive: true });
  if (code === 0 || tooBusy.length > 0) for (const line of held) say(line);
  if (code === 0) say(`is done, after ${(ms / 1000).toFixed(0)} s.`);
  else if (tooBusy.length > 0) say("failed since the machine was too busy; it runs again alone.");
  else say("failed; what it says comes at the end.");
  return { name, ms, ok: code === 0, held, tooBusy };
}

function linesOf(path: string): string[] {
  try {
    return readFileSync(path, "utf8").split("\n").filter(Boolean);
  } catch {
    return [];
  }
}

/** Commands that run beside each other, readably: each line says whose it is, and a failure is told once, at the end. */
import { spawn } from "node:child_process";
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
}

/**
 * Runs each stage's steps at once, and a stage only when those before it were whole. Writes what they say, the reports
 * of those that failed, and a table, line by line. Resolves to whether everything was whole.
 */
export async function runStages(stages: readonly (readonly Step[])[], write: (line: string) => void): Promise<boolean> {
  const ended: Ended[] = [];
  const skipped: Step[] = [];
  const width = Math.max(...stages.flat().map(({ name }) => name.length)) + 2;
  for (const stage of stages) {
    if (ended.every(({ ok }) => ok)) {
      ended.push(
        ...(await Promise.all(
          stage.map((step) =>
            run(step, (line) => {
              write(`${step.name.padEnd(width)}${line}`);
            }),
          ),
        )),
      );
    } else skipped.push(...stage);
  }
  const failed = ended.filter(({ ok }) => !ok);
  for (const { name, held } of failed) {
    write("");
    write(`== ${name} failed ==`);
    for (const line of held) write(line);
  }
  const because = failed.map(({ name }) => name).join(" and ");
  write("");
  for (const { name, ms, ok } of ended)
    write(`${name.padEnd(width)}${ok ? "ok    " : "FAILED"}${(ms / 1000).toFixed(0).padStart(6)} s`);
  for (const { name } of skipped) write(`${name.padEnd(width)}not run, since ${because} failed`);
  return failed.length === 0;
}

async function run({ name, command, live }: Step, say: (line: string) => void): Promise<Ended> {
  const from = performance.now();
  const held: string[] = [];
  const hold = (line: string): void => {
    held.push(line);
  };
  const child = spawn("sh", ["-c", command], { stdio: ["ignore", "pipe", "pipe"] });
  createInterface({ input: child.stdout }).on("line", live ? say : hold);
  createInterface({ input: child.stderr }).on("line", hold);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", resolve);
  });
  const ms = performance.now() - from;
  if (code === 0) for (const line of held) say(line);
  say(code === 0 ? `is done, after ${(ms / 1000).toFixed(0)} s.` : "failed; what it says comes at the end.");
  return { name, ms, ok: code === 0, held };
}

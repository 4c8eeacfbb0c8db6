/** Programs that observe for us: they end with the recorder, however it ends. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

const running = new Set<ChildProcess>();

/** Starts a program, in the network namespace of process `net` if given; `onLine` gets what it prints. */
export function program(
  words: readonly string[],
  options: { readonly net?: number; readonly onLine?: (line: string) => void } = {},
): { readonly pid: number | undefined; stop(): void } {
  const inside = options.net === undefined ? [] : ["nsenter", `--net=/proc/${options.net}/ns/net`];
  // What the kernel kills with its parent cannot be left behind by a recorder that was killed.
  const args = ["--pdeathsig", "KILL", ...inside, ...words];
  const child = spawn("setpriv", args, { stdio: ["ignore", "pipe", "ignore"] });
  running.add(child);
  child.on("error", () => running.delete(child));
  child.on("exit", () => running.delete(child));
  const { onLine } = options;
  if (onLine === undefined) child.stdout.resume();
  else createInterface({ input: child.stdout }).on("line", onLine);
  return { pid: child.pid, stop: () => child.kill("SIGKILL") };
}

/** Resolves when all are gone and none is left as a zombie. */
export async function stopPrograms(): Promise<void> {
  const gone = [...running].map((child) => once(child, "exit"));
  for (const child of running) child.kill("SIGKILL");
  await Promise.all(gone);
}

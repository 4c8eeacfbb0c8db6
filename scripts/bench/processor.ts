import { readFile } from "node:fs/promises";
import { call } from "./measure.ts";

/**
 * Runs `work` with this process on one processor only; what is started meanwhile stays there for good. A node that was
 * brought up so is as a machine of its own to commands that run `onProcessor` another one.
 */
export async function pinned<T>(processor: number, work: () => Promise<T>): Promise<T> {
  const allowed = /^Cpus_allowed_list:\s*(\S+)$/m.exec(await readFile("/proc/self/status", "utf8"))?.[1];
  if (allowed === undefined) throw new Error("/proc/self/status does not tell this process's processors");
  await pin(String(processor));
  try {
    return await work();
  } finally {
    await pin(allowed);
  }
}

/** The command, on one processor. */
export function onProcessor(processor: number, argv: readonly string[]): readonly string[] {
  return ["taskset", "--cpu-list", String(processor), ...argv];
}

async function pin(processors: string): Promise<void> {
  await call("taskset", "--all-tasks", "--cpu-list", "--pid", processors, String(process.pid));
}

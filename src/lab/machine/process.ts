/**
 * Processes of this machine by id *and* start time: an id alone may have passed to a stranger since it was written
 * down. Reads /proc; every function treats a process that is gone as gone, not as an error.
 */
import { readFileSync } from "node:fs";
import { until } from "./wait.ts";

export interface ProcessRef {
  readonly pid: number;
  /** Clock ticks since boot, field 22 of /proc/PID/stat. */
  readonly startTime: string;
}

export function processRef(pid: number): ProcessRef | undefined {
  const stat = statOf(pid);
  return stat === undefined || stat.state === "Z" ? undefined : { pid, startTime: stat.startTime };
}

export function isProcessAlive(ref: ProcessRef): boolean {
  return processRef(ref.pid)?.startTime === ref.startTime;
}

export function childrenOf(pid: number): number[] {
  return readProc(`${pid}/task/${pid}/children`)?.split(" ").filter(Boolean).map(Number) ?? [];
}

/** Sends a signal if it is still that process. */
export function signalProcess(ref: ProcessRef, signal: NodeJS.Signals): void {
  if (!isProcessAlive(ref)) return;
  try {
    process.kill(ref.pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

/** Resolves to false when some process is still there after `timeoutMs`. */
export function untilGone(refs: readonly ProcessRef[], timeoutMs: number): Promise<boolean> {
  return until(() => !refs.some(isProcessAlive), { timeoutMs, everyMs: 5 });
}

export function currentBoot(): string {
  return readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
}

function statOf(pid: number): { state: string; startTime: string } | undefined {
  const text = readProc(`${pid}/stat`);
  // The second field is the program's name in parentheses and may hold anything, parentheses too.
  const fields = text?.slice(text.lastIndexOf(")") + 2).split(" ");
  const [state, startTime] = [fields?.[0], fields?.[19]];
  return state === undefined || startTime === undefined ? undefined : { state, startTime };
}

function readProc(path: string): string | undefined {
  try {
    return readFileSync(`/proc/${path}`, "utf8");
  } catch {
    return undefined;
  }
}

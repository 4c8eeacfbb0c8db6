import { readFileSync } from "node:fs";

/** This machine's boot, another one after each restart; empty where there is no Linux to ask. */
export function bootId(): string {
  return textOf("/proc/sys/kernel/random/boot_id");
}

/** Stays the same over restarts; empty where the system has none. */
export function machineId(): string {
  return textOf("/etc/machine-id");
}

/**
 * When a process began, in clock ticks since the boot (field 22 of /proc/PID/stat): its id alone is used again. Empty
 * where it cannot be told.
 */
export function startOf(pid: number): string {
  const stat = textOf(`/proc/${String(pid)}/stat`);
  // The second field is the program's name in parentheses and may hold anything, parentheses too.
  return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? "";
}

function textOf(path: string): string {
  try {
    return readFileSync(path, "utf8").trim();
  } catch {
    return "";
  }
}

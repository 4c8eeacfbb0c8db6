import { lines, numberOf } from "./sections.ts";

/** What `/proc/meminfo`, `df -kP` and `date` say, in bytes and milliseconds; null for what cannot be read. */

export interface MemoryMeasures {
  readonly totalBytes: number | null;
  readonly availableBytes: number | null;
}

export function parseMemory(meminfo: string): MemoryMeasures {
  const field = (name: string): number | null => {
    const kilobytes = numberOf(new RegExp(`^${name}:\\s+(\\d+) kB`, "m").exec(meminfo)?.[1]);
    return kilobytes === null ? null : kilobytes * 1024;
  };
  return { totalBytes: field("MemTotal"), availableBytes: field("MemAvailable") };
}

export interface FileSystem {
  readonly totalBytes: number;
  readonly usedBytes: number;
  /** What a user who is not root may still fill. */
  readonly availableBytes: number;
  readonly mount: string;
}

/** The last line of `df -kP PATH`. A mount point may hold blanks; the numbers before it do not. */
export function parseFileSystem(df: string): FileSystem | null {
  const fields = / (\d+) +(\d+) +(\d+) +\S+% +(\/.*)$/.exec(lines(df).at(-1) ?? "");
  if (!fields) return null;
  const [, total, used, available, mount = ""] = fields;
  return {
    totalBytes: Number(total) * 1024,
    usedBytes: Number(used) * 1024,
    availableBytes: Number(available) * 1024,
    mount,
  };
}

export interface ClockReading {
  /** Since the epoch. */
  readonly ms: number;
  /** The reading may be this much late: busybox's date knows only whole seconds. */
  readonly coarseMs: number;
}

/** `date +%s.%N`; busybox prints a literal `%N`, or nothing, where it has no nanoseconds. */
export function parseClock(text: string): ClockReading | null {
  const [seconds, fraction] = text.trim().split(".");
  const whole = numberOf(seconds);
  if (whole === null) return null;
  const fine = fraction !== undefined && /^\d{3,9}$/.test(fraction);
  return { ms: whole * 1000 + (fine ? Math.floor(Number(fraction.slice(0, 3))) : 0), coarseMs: fine ? 0 : 1000 };
}

import { numberOf } from "../node/sections.ts";
import { type Command, script } from "../shell.ts";

/** A node's day, by its own clock. */
export interface Day {
  /** `2026-01-31` */
  readonly date: string;
  /** Seconds after power on at which it began; negative when it began before that. */
  readonly beganAtUptime: number;
}

export const dayCommand: Command = script("date '+%Y-%m-%d %H %M %S'; cut -d' ' -f1 /proc/uptime");

/** Undefined for garbage. */
export function parseDay(output: string): Day | undefined {
  const match = /^(\d{4}-\d\d-\d\d) (\d\d) (\d\d) (\d\d)\n([\d.]+)\n/.exec(output);
  const uptime = numberOf(match?.[5]);
  if (!match || uptime === null) return undefined;
  const [, date = "", hours, minutes, seconds] = match;
  const passed = Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
  return { date, beganAtUptime: uptime - passed };
}

const months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/**
 * Whether a line of a log is of that day: `2026-01-31T10:00…`, `Jan 31 10:00…`, `[Sat Jan 31 10:00:00 2026]`, or
 * dmesg's `[  123.4]` since power on. Undefined for a line without a time, which belongs to the one before.
 */
export function isOfDay(line: string, day: Day): boolean | undefined {
  const start = line.slice(0, 60);
  const iso = /^(?:<\d{1,3}>1? ?)?(\d{4}-\d\d-\d\d)[T ]\d/.exec(start)?.[1];
  if (iso !== undefined) return iso === day.date;
  const uptime = /^(?:<\d{1,3}>)?\[ *(\d+\.\d+)\]/.exec(start)?.[1];
  if (uptime !== undefined) return Number(uptime) >= day.beganAtUptime;
  const named = /^(?:<\d{1,3}>)?\[?(?:[A-Z][a-z]{2} )?([A-Z][a-z]{2}) +(\d{1,2}) \d\d:\d\d(?::\d\d(?: (\d{4}))?)?/.exec(
    start,
  );
  if (!named) return undefined;
  const [, name = "", date = "", year] = named;
  const month = months.indexOf(name.toLowerCase()) + 1;
  if (month === 0) return undefined;
  const text = [year ?? day.date.slice(0, 4), two(month), two(Number(date))].join("-");
  return text === day.date;
}

function two(value: number): string {
  return String(value).padStart(2, "0");
}

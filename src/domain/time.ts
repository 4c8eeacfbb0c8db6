import { PictlError } from "./errors.ts";

/**
 * A moment as people write it after `--since`, in milliseconds since the epoch (with a fraction): how long ago (`10m`,
 * `1h30m`, `2d`), an ISO 8601 date or time (local unless it names a zone), or seconds since the epoch.
 * Throws usage.
 */
export function parseMoment(text: string, nowMs: number): number {
  const trimmed = text.trim();
  const moment = ago(trimmed, nowMs) ?? epoch(trimmed) ?? iso(trimmed);
  if (moment !== undefined) return moment;
  throw new PictlError("usage", `"${text}" is no time.`, {
    hint: "Say how long ago (`10m`, `1h30m`, `2d`), a date or time (`2026-01-31`, `2026-01-31T10:00:00Z`), or seconds since the epoch.",
  });
}

const unitMs: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

/** A time as people write it (`90s`, `5m`, `1h30m`), in milliseconds; undefined for what is none. */
export function parseDuration(text: string): number | undefined {
  if (!/^(?:\d+(?:\.\d+)?(?:ms|[smhdw]))+$/.test(text)) return undefined;
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(ms|[smhdw])/g)];
  return parts.reduce((sum, [, count, unit]) => sum + Number(count) * (unitMs[unit ?? ""] ?? 0), 0);
}

function ago(text: string, nowMs: number): number | undefined {
  const duration = parseDuration(text);
  return duration === undefined ? undefined : nowMs - duration;
}

/** Nine digits or more, so that a forgotten unit (`--since 10`) is not taken for the year 1970. */
function epoch(text: string): number | undefined {
  return /^\d{9,11}(?:\.\d+)?$/.test(text) ? Number(text) * 1000 : undefined;
}

const isoPattern =
  /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?(?: ?(Z|[+-]\d\d(?::?\d\d)?))?)?$/i;

function iso(text: string): number | undefined {
  const match = isoPattern.exec(text);
  if (!match) return undefined;
  const parts: readonly (string | undefined)[] = match.slice(1, 7);
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts.map((part) => Number(part ?? "0"));
  const utc = new Date(Date.UTC(year, month - 1, day, hour, minute, second));
  // Date rolls over what does not exist (February 30, 25 o'clock); so read it back.
  const written = [year, month, day, hour, minute, second].join();
  const read = [
    utc.getUTCFullYear(),
    utc.getUTCMonth() + 1,
    utc.getUTCDate(),
    utc.getUTCHours(),
    utc.getUTCMinutes(),
    utc.getUTCSeconds(),
  ].join();
  if (written !== read) return undefined;
  const fraction = Number(`0.${match[7] ?? "0"}`) * 1000;
  const zone = match[8];
  if (zone === undefined) return new Date(year, month - 1, day, hour, minute, second).getTime() + fraction;
  return utc.getTime() + fraction - zoneOffsetMs(zone);
}

function zoneOffsetMs(zone: string): number {
  if (/z/i.test(zone)) return 0;
  const digits = zone.slice(1).replace(":", "");
  const minutes = Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2) || "0");
  return (zone.startsWith("-") ? -minutes : minutes) * 60_000;
}

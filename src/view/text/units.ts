/** Quantities and times as people read them; machines get the plain unit under `--json`. */
import { visible } from "../../domain/text.ts";

export { bytes } from "../../domain/text.ts";

/** Milliseconds → "850 ms", "3.2 s", "4 min", "5 h", "12 d". */
export function duration(ms: number): string {
  if (ms < 1000) return `${String(Math.round(ms))} ms`;
  const seconds = ms / 1000;
  if (seconds < 60) return `${seconds < 10 ? seconds.toFixed(1) : String(Math.round(seconds))} s`;
  const minutes = seconds / 60;
  if (minutes < 120) return `${String(Math.round(minutes))} min`;
  const hours = minutes / 60;
  return hours < 48 ? `${String(Math.round(hours))} h` : `${String(Math.round(hours / 24))} d`;
}

/** `2026-01-31 10:00:00` on this machine's clock. */
export function localTime(time: string): string {
  const date = new Date(time);
  if (Number.isNaN(date.getTime())) return visible(time);
  const two = (value: number): string => String(value).padStart(2, "0");
  const day = [date.getFullYear(), two(date.getMonth() + 1), two(date.getDate())].join("-");
  return `${day} ${[date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(":")}`;
}

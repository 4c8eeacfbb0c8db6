/** Quantities in messages. */

/** 84 → "84 ms", 3210 → "3.2 s". */
export function inSeconds(ms: number | null): string {
  if (ms === null) return "an unknown time";
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
}

/** Bytes in the unit that fits: "850 MiB", "6.2 GiB". */
export function size(bytes: number): string {
  const gib = bytes / 2 ** 30;
  if (gib < 1) return `${Math.round(bytes / 2 ** 20)} MiB`;
  return `${gib.toFixed(gib < 10 ? 1 : 0)} GiB`;
}

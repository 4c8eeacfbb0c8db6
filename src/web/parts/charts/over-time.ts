import type { Bar } from "./bars.tsx";

const most = 40;

/** How many of them fell into each of at most 40 equal spans, the newest last. */
export function overTime(rows: readonly { readonly time: string }[]): readonly Bar[] {
  const times = rows.map(({ time }) => Date.parse(time)).filter(Number.isFinite);
  if (times.length === 0) return [];
  const first = times.reduce((least, at) => Math.min(least, at));
  const last = times.reduce((greatest, at) => Math.max(greatest, at));
  const step = Math.max(1000, Math.ceil((last - first + 1) / most));
  const bars = Array.from({ length: Math.floor((last - first) / step) + 1 }, () => 0);
  for (const at of times) {
    const index = Math.floor((at - first) / step);
    bars[index] = (bars[index] ?? 0) + 1;
  }
  return bars.map((value, index) => ({
    label: new Date(first + index * step).toLocaleTimeString([], { hour12: false }),
    value,
  }));
}

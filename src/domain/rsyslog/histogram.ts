/** A log over time: a row for each step, those without a line too. */
export interface Histogram {
  readonly stepMinutes: number;
  readonly rows: readonly { readonly from: string; readonly count: number }[];
}

const steps = [1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1440, 2880, 10_080, 43_200, 525_600];
const maxRows = 24;
const minuteMs = 60_000;

/**
 * The counts by minute (`2026-01-31T10:05`) in the smallest step that makes at most 24 rows. A few lines far from all
 * others (a clock that was wrong) do not stretch it: one in a thousand at either end may be left out.
 */
export function histogram(minutes: ReadonlyMap<string, number>): Histogram {
  const times = [...minutes]
    .map(([minute, count]) => ({ at: Date.parse(`${minute}Z`) / minuteMs, count }))
    .filter(({ at }) => Number.isFinite(at))
    .sort((a, b) => a.at - b.at);
  const kept = withoutOutliers(times);
  const [first, last] = [kept[0], kept.at(-1)];
  if (!first || !last) return { stepMinutes: 1, rows: [] };
  const rowsWith = (step: number): number => Math.floor(last.at / step) - Math.floor(first.at / step) + 1;
  const step = steps.find((each) => rowsWith(each) <= maxRows) ?? last.at - first.at + 1;
  const begin = Math.floor(first.at / step);
  const counts = Array.from({ length: rowsWith(step) }, () => 0);
  for (const { at, count } of kept) {
    const index = Math.floor(at / step) - begin;
    counts[index] = (counts[index] ?? 0) + count;
  }
  return {
    stepMinutes: step,
    rows: counts.map((count, index) => ({ from: minuteText((begin + index) * step), count })),
  };
}

interface Time {
  readonly at: number;
  readonly count: number;
}

function withoutOutliers(times: readonly Time[]): readonly Time[] {
  const allowed = times.reduce((sum, { count }) => sum + count, 0) / 1000;
  const from = beyond(times, allowed);
  const to = times.length - beyond([...times].reverse(), allowed);
  return times.slice(from, to);
}

/** How many may go from the beginning; only such as stand a day or more apart from what follows. */
function beyond(times: readonly Time[], allowed: number): number {
  let left = 0;
  let sum = 0;
  for (const [index, { at, count }] of times.entries()) {
    sum += count;
    if (sum > allowed) break;
    const next = times[index + 1];
    if (next && Math.abs(next.at - at) > 1440) left = index + 1;
  }
  return left;
}

function minuteText(minutes: number): string {
  return new Date(minutes * minuteMs).toISOString().slice(0, 16);
}

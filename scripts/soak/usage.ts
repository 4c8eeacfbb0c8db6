import { median } from "../bench/measure.ts";

/** Something that must not grow: its level in the first part of a long run, and in the last. */
export interface Usage {
  readonly what: string;
  readonly unit: string;
  readonly first: number;
  readonly last: number;
  readonly atMost: number;
}

/**
 * Compares a quarter at the beginning with the last one; what is before is warming up. `slack`: what may come on top,
 * since garbage is collected when there is enough of it.
 */
export function usage(
  { what, unit, slack }: { readonly what: string; readonly unit: string; readonly slack: number },
  samples: readonly number[],
): Usage {
  const quarter = Math.floor(samples.length / 4);
  if (quarter === 0) throw new Error(`there are ${String(samples.length)} samples of ${what}, too few to compare`);
  const first = median(samples.slice(quarter, 2 * quarter));
  return { what, unit, first, last: median(samples.slice(-quarter)), atMost: first + slack };
}

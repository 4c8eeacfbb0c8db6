/** Half-open spans of time, as sorted lists that do not touch. Pure. */

export interface Interval {
  readonly from: number;
  readonly to: number;
}

/** Where at least `least` of the lists hold. */
export function overlaps(lists: readonly (readonly Interval[])[], least: number): Interval[] {
  const edges = lists
    .flatMap((list) => union(list))
    .flatMap(({ from, to }) => [
      { at: from, step: 1 },
      { at: to, step: -1 },
    ])
    // At one instant what ends goes before what begins: spans that touch do not overlap.
    .sort((a, b) => a.at - b.at || a.step - b.step);
  const found: Interval[] = [];
  let depth = 0;
  let from = 0;
  for (const { at, step } of edges) {
    const before = depth;
    depth += step;
    if (before < least && depth >= least) from = at;
    if (before >= least && depth < least && at > from) found.push({ from, to: at });
  }
  return joined(found);
}

/** One list that holds where any of these does. */
export function union(list: readonly Interval[]): Interval[] {
  return joined([...list].filter(({ from, to }) => to > from).sort((a, b) => a.from - b.from));
}

export function intersect(a: readonly Interval[], b: readonly Interval[]): Interval[] {
  return overlaps([a, b], 2);
}

/** `a` without what `b` holds. */
export function subtract(a: readonly Interval[], b: readonly Interval[]): Interval[] {
  return union(a).flatMap((whole) => {
    const rest: Interval[] = [];
    let from = whole.from;
    for (const hole of union(b)) {
      if (hole.to <= from || hole.from >= whole.to) continue;
      if (hole.from > from) rest.push({ from, to: hole.from });
      from = Math.max(from, hole.to);
    }
    return from < whole.to ? [...rest, { from, to: whole.to }] : rest;
  });
}

export function total(list: readonly Interval[]): number {
  return list.reduce((sum, { from, to }) => sum + to - from, 0);
}

export function holdsAt(list: readonly Interval[], at: number): boolean {
  return list.some(({ from, to }) => from <= at && at < to);
}

/** Turns "from now on it holds / does not hold" into spans; what holds last does so until `end`. */
export function spans(changes: readonly { readonly at: number; readonly holds: boolean }[], end: number): Interval[] {
  const found: Interval[] = [];
  let from: number | undefined;
  for (const { at, holds } of changes) {
    if (holds) from ??= at;
    else if (from !== undefined) {
      found.push({ from, to: at });
      from = undefined;
    }
  }
  if (from !== undefined) found.push({ from, to: end });
  return union(found);
}

/** Merges neighbours of a list that is sorted by `from`. */
function joined(list: readonly Interval[]): Interval[] {
  const merged: Interval[] = [];
  for (const next of list) {
    const last = merged.at(-1);
    if (last !== undefined && next.from <= last.to) {
      merged[merged.length - 1] = { from: last.from, to: Math.max(last.to, next.to) };
    } else merged.push(next);
  }
  return merged;
}

import type { ListColumn, Row, RowSight } from "../lists/list.ts";
import { safe, width } from "./text.ts";

/** Between two columns. */
export const gap = 2;

export interface Fitted {
  readonly column: ListColumn<Row>;
  /** Its place among all of the list's columns. */
  readonly index: number;
  readonly width: number;
}

/**
 * Which columns there is room for, and how wide each is for these rows. What is least needed goes first; what is left
 * gets its least, and then as much of what it could use as there is, the most needed first.
 */
export function fitColumns(
  columns: readonly ListColumn<Row>[],
  rows: readonly Row[],
  sight: RowSight,
  options: { readonly room: number; readonly narrow: boolean },
): readonly Fitted[] {
  const all = columns.map((column, index) => {
    const cells = rows.map((row) => column.value(row, sight));
    const longest = cells.every((cell) => cell === "-") ? 0 : Math.max(0, ...cells.map((cell) => width(safe(cell))));
    return { column, index, longest, least: Math.min(column.min, Math.max(longest, column.title.length)) };
  });
  // A column in which nobody has anything says nothing.
  let kept = all.filter(({ column, longest }) => column.rank === 0 || (!options.narrow && longest > 0));
  const needed = (): number => kept.reduce((sum, { least }) => sum + least + gap, -gap);
  while (needed() > options.room && kept.some(({ column }) => column.rank > 0)) {
    const most = Math.max(...kept.map(({ column }) => column.rank));
    const last = kept.findLastIndex(({ column }) => column.rank === most);
    kept = kept.filter((_, index) => index !== last);
  }
  const widths = new Map(kept.map(({ index, least }) => [index, least]));
  let left = options.room - needed();
  const give = (index: number, wish: number): void => {
    const now = widths.get(index) ?? 0;
    const more = Math.max(0, Math.min(left, wish - now));
    widths.set(index, now + more);
    left -= more;
  };
  const byNeed = kept.toSorted((a, b) => a.column.rank - b.column.rank);
  for (const { column, index, longest } of byNeed)
    give(index, Math.min(column.max, Math.max(longest, column.title.length)));
  for (const { index, longest } of byNeed) give(index, longest);
  // Where even names have no room, the widest gives.
  while (left < 0) {
    const [widest] = [...widths].toSorted((a, b) => b[1] - a[1]);
    if (!widest || widest[1] <= 1) break;
    widths.set(widest[0], widest[1] - 1);
    left += 1;
  }
  return kept.map(({ column, index }) => ({ column, index, width: widths.get(index) ?? column.min }));
}

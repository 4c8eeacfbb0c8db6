import type { View } from "../../lists/index.ts";

/** What the size of the terminal leaves room for. Rows are counted from the top of the screen. */
export interface Layout {
  /** Below this nothing can be shown. */
  readonly tooSmall: boolean;
  /** Name, node and state only. */
  readonly narrow: boolean;
  /** The detail stands beside the list. */
  readonly beside: boolean;
  readonly listColumns: number;
  readonly detailColumns: number;
  /** Where the view's own room begins, and how many rows it has. */
  readonly top: number;
  readonly rows: number;
  /** Of those, how many a list's rows have: one is for the titles. */
  readonly listRows: number;
}

/** Pulse has its own summary below the list, and logs take all there is. */
const withDetail: readonly View[] = ["containers", "nodes", "images", "events", "heartbeat", "vip", "config"];

/** Of what Pulse tells below its list; with less room the list has all of it. */
export const leastBelow = 6;

export function screenLayout(
  { columns, rows }: { readonly columns: number; readonly rows: number },
  view: View,
): Layout {
  const beside = columns >= 100 && withDetail.includes(view);
  const detailColumns = beside ? Math.min(64, Math.floor(columns * 0.38)) : columns;
  // Head and tabs above; what is worst and the foot below.
  const content = Math.max(1, rows - (rows < 15 ? 3 : 4));
  const some = Math.ceil(content * 0.55);
  const listRows = view === "pulse" && content - 1 - some >= leastBelow ? some : content - 1;
  return {
    tooSmall: columns < 40 || rows < 10,
    narrow: columns < 60 || rows < 15,
    beside,
    listColumns: beside ? columns - detailColumns - 1 : columns,
    detailColumns,
    top: rows < 15 ? 1 : 2,
    rows: content,
    listRows: Math.max(1, listRows),
  };
}

import type { MoveRow } from "../../app/move/index.ts";
import type { Style } from "../text/style.ts";
import { outcomeColumn, table } from "../text/table.ts";
import { duration } from "../text/units.ts";

/** What was moved where, and the gap it caused. */
export function movesView(result: { moves: readonly MoveRow[] }, style: Style): string {
  return table(
    style,
    [
      { title: "CONTAINER", value: (row) => row.container, min: 10 },
      { title: "FROM", value: (row) => row.from, min: 8 },
      { title: "TO", value: (row) => row.to, min: 8 },
      { title: "GAP", value: (row) => (row.gapMs === null ? "-" : row.gapMs === 0 ? "none" : duration(row.gapMs)) },
      outcomeColumn(),
    ],
    result.moves,
  );
}

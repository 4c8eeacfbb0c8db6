import { type Style } from "../text/style.ts";
import { outcomeColumn, table } from "../text/table.ts";

export interface OutcomeRow {
  readonly container: string;
  readonly node: string;
  readonly changed: boolean;
  readonly outcome: string;
}

/** What was done to each container, one line each. */
export function outcomesView(result: { containers: readonly OutcomeRow[] }, style: Style): string {
  if (result.containers.length === 0) return "";
  return table(
    style,
    [
      { title: "CONTAINER", value: (row) => row.container, min: 10 },
      { title: "NODE", value: (row) => row.node, min: 8 },
      outcomeColumn(),
    ],
    result.containers,
  );
}

import type { HistoryRow } from "../../app/history/index.ts";
import type { Style } from "../text/style.ts";
import { table } from "../text/table.ts";

/** Every placement that is remembered, the newest first. */
export function historyView({ placements }: { placements: readonly HistoryRow[] }, style: Style): string {
  if (placements.length === 0) return "This machine remembers no placement of it.\n";
  return table(
    style,
    [
      { title: "GENERATION", value: (row) => String(row.generation), align: "right" },
      { title: "NODE", value: (row) => row.node, min: 8 },
      { title: "WHEN", value: (row) => row.at.replace(/\.\d+Z$/, "Z") },
      { title: "IMAGE", value: (row) => row.image, min: 12 },
      { title: "ID", value: (row) => row.imageId?.replace("sha256:", "").slice(0, 12) ?? "-" },
      {
        title: "OUTCOME",
        value: (row) => (row.newest ? "newest" : row.outcome),
        tone: (row) => (row.outcome === "failed" ? "bad" : row.newest ? "good" : "dim"),
      },
      { title: "WHO", value: (row) => `${row.who}: ${row.cause}`, min: 12 },
    ],
    placements,
  );
}

import type { PullRow } from "../../app/pull.ts";
import type { Style } from "../text/style.ts";
import { outcomeColumn, table } from "../text/table.ts";
import { bytes } from "../text/units.ts";

/** What became of the pull on each node, one line each. */
export function pullView(result: { images: readonly PullRow[] }, style: Style): string {
  if (result.images.length === 0) return "";
  return table(
    style,
    [
      { title: "NODE", value: (row) => row.node, min: 8 },
      { title: "IMAGE", value: (row) => row.image, min: 10 },
      { title: "ID", value: (row) => row.id?.replace(/^sha256:/, "").slice(0, 12) ?? "-" },
      { title: "SIZE", value: (row) => (row.sizeBytes === null ? "-" : bytes(row.sizeBytes)), align: "right" },
      outcomeColumn(),
    ],
    result.images,
  );
}

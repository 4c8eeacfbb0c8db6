import type { PrunedRow } from "../../app/prune.ts";
import { plural } from "../../domain/text.ts";
import type { Style } from "../text/style.ts";
import { outcomeColumn, table } from "../text/table.ts";
import { bytes } from "../text/units.ts";

/** What goes, or went, from each node, and what that frees. */
export function prunedView({ leftovers }: { leftovers: readonly PrunedRow[] }, style: Style): string {
  if (leftovers.length === 0) return "Nothing to remove.\n";
  const rows = table(
    style,
    [
      { title: "NODE", value: (row) => row.node, min: 6 },
      { title: "KIND", value: (row) => (row.container === undefined ? "image" : "container") },
      { title: "NAME", value: (row) => row.container ?? row.image ?? row.id, min: 12, wraps: true },
      { title: "FREES", value: (row) => (row.bytes === null ? "-" : bytes(row.bytes)), align: "right" },
      { title: "WHY", value: (row) => row.why, min: 12, wraps: true },
      outcomeColumn(10),
    ],
    leftovers,
  );
  const freed = total(leftovers);
  if (freed === 0) return rows;
  return `${rows}${leftovers.some((row) => row.changed) ? "Freed" : "Frees"} at least ${bytes(freed)}.\n`;
}

/** `2 containers and 3 images on 2 nodes, freeing at least 1.2 GiB`; without the size where the engine does not tell it. */
export function pruneSummary(leftovers: readonly PrunedRow[]): string {
  const containers = leftovers.filter((row) => row.container !== undefined).length;
  const images = leftovers.length - containers;
  const things = [
    ...(containers > 0 ? [plural(containers, "container")] : []),
    ...(images > 0 ? [plural(images, "image")] : []),
  ].join(" and ");
  const nodes = plural(new Set(leftovers.map((row) => row.node)).size, "node");
  const freed = total(leftovers);
  return `${things} on ${nodes}${freed > 0 ? `, freeing at least ${bytes(freed)}` : ""}`;
}

function total(leftovers: readonly PrunedRow[]): number {
  return leftovers.reduce((sum, row) => sum + (row.bytes ?? 0), 0);
}

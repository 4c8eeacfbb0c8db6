import type { BuildRow } from "../../app/build.ts";
import type { Style } from "../text/style.ts";
import { outcomeColumn, table } from "../text/table.ts";

export const nothingToBuild =
  "Nothing to build: the containers chosen run images of a registry, or `docker` is not set.";

/** What became of each image, one line each. */
export function buildView(result: { images: readonly BuildRow[] }, style: Style): string {
  if (result.images.length === 0) return "";
  return table(
    style,
    [
      { title: "IMAGE", value: (row) => row.image, min: 10 },
      { title: "NODE", value: (row) => row.node, min: 8 },
      outcomeColumn(),
    ],
    result.images,
  );
}

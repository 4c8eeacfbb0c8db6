import type { PushRow } from "../../app/image/push.ts";
import type { RemovedImageRow } from "../../app/image/remove.ts";
import type { ImageRow } from "../../app/images.ts";
import type { Style } from "../text/style.ts";
import { outcomeColumn, table } from "../text/table.ts";
import { bytes, duration } from "../text/units.ts";

interface Line {
  readonly row: ImageRow;
  /** Null for an image without a name. */
  readonly tag: string | null;
}

/** The table of `pictl images`: one line for each name of an image. */
export function imagesView(result: { images: readonly ImageRow[] }, style: Style): string {
  const lines = result.images.flatMap((row): Line[] =>
    row.dangling ? [{ row, tag: null }] : row.tags.map((tag) => ({ row, tag })),
  );
  return table(
    style,
    [
      { title: "NODE", value: ({ row }) => row.node, min: 8 },
      {
        title: "IMAGE",
        value: ({ tag }) => tag ?? "(dangling)",
        min: 16,
        tone: ({ tag }) => (tag === null ? "dim" : undefined),
      },
      { title: "ID", value: ({ row }) => row.id.replace(/^sha256:/, "").slice(0, 12) },
      { title: "SIZE", value: ({ row }) => bytes(row.sizeBytes), align: "right" },
      { title: "AGE", value: ({ row }) => age(row), align: "right" },
      { title: "USED BY", value: ({ row }) => uses(row), min: 10 },
    ],
    lines,
  );
}

/** Images that are built to be the same every time are dated to the epoch. */
function age({ createdAt, ageMs }: ImageRow): string {
  return createdAt.startsWith("1970-") ? "-" : duration(ageMs);
}

/** Containers of the layout, then others on the node; one that the layout wants and that is not there is marked. */
function uses({ wantedBy, usedBy }: ImageRow): string {
  const wanted = wantedBy.map((name) => (usedBy.includes(name) ? name : `${name} (not created)`));
  return [...wanted, ...usedBy.filter((name) => !wantedBy.includes(name))].join(", ");
}

/** What became of each image, one line each. */
export function removedImagesView(result: { images: readonly RemovedImageRow[] }, style: Style): string {
  if (result.images.length === 0) return "";
  return table(
    style,
    [
      { title: "IMAGE", value: (row) => row.image.replace(/^sha256:(.{12}).*$/, "$1"), min: 16 },
      { title: "NODE", value: (row) => row.node, min: 8 },
      outcomeColumn(),
    ],
    result.images,
  );
}

/** What became of the image on each node, one line each. */
export function pushView(result: { images: readonly PushRow[] }, style: Style): string {
  if (result.images.length === 0) return "";
  return table(
    style,
    [
      { title: "NODE", value: (row) => row.node, min: 8 },
      { title: "IMAGE", value: (row) => [row.image ?? "-", ...row.alsoNamed].join(", "), min: 10 },
      { title: "ID", value: (row) => row.id?.replace(/^sha256:/, "").slice(0, 12) ?? "-" },
      outcomeColumn(),
    ],
    result.images,
  );
}

import type { ImageTag } from "../../domain/registry/listing.ts";
import type { Style } from "../text/style.ts";
import { type Column, table } from "../text/table.ts";
import { bytes } from "../text/units.ts";

/** The tags of an image, newest version first; columns that no registry fills are left out. */
export function tagsView(result: { tags: readonly ImageTag[] }, style: Style): string {
  const { tags } = result;
  if (tags.length === 0) return "";
  const columns: Column<ImageTag>[] = [
    { title: "TAG", value: (row) => row.tag, min: 12 },
    { title: "IMAGE", value: (row) => row.image, min: 12 },
  ];
  if (tags.some((row) => row.sizeBytes !== null)) {
    columns.push({
      title: "SIZE",
      value: (row) => (row.sizeBytes === null ? "-" : bytes(row.sizeBytes)),
      align: "right",
    });
  }
  if (tags.some((row) => row.updatedAt !== null)) {
    columns.push({ title: "UPDATED", value: (row) => row.updatedAt?.slice(0, 10) ?? "-" });
  }
  if (tags.some((row) => row.architectures !== null)) {
    columns.push({ title: "ARCHITECTURES", value: (row) => row.architectures?.join(" ") ?? "-", min: 14 });
  }
  return table(style, columns, tags);
}

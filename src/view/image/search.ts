import type { FoundImage } from "../../domain/registry/listing.ts";
import type { Style } from "../text/style.ts";
import { type Column, table } from "../text/table.ts";

/** The images found, the registries in the order in which they were asked. */
export function searchView(result: { images: readonly FoundImage[] }, style: Style): string {
  const { images } = result;
  if (images.length === 0) return "";
  const columns: Column<FoundImage>[] = [
    { title: "IMAGE", value: (row) => row.image, min: 16 },
    { title: "REGISTRY", value: (row) => row.registry, min: 9 },
  ];
  if (images.some((row) => row.stars !== null)) {
    columns.push(
      { title: "STARS", value: (row) => count(row.stars), align: "right" },
      { title: "PULLS", value: (row) => count(row.pulls), align: "right" },
      { title: "OFFICIAL", value: (row) => (row.official ? "yes" : "") },
      { title: "DESCRIPTION", value: (row) => row.description, min: 12 },
    );
  }
  return table(style, columns, images);
}

/** 1234 → "1.2k". */
function count(number: number | null): string {
  if (number === null) return "-";
  const units = ["", "k", "M", "G", "T"];
  let value = number;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${unit === 0 || value >= 10 ? String(Math.round(value)) : value.toFixed(1)}${units[unit] ?? ""}`;
}

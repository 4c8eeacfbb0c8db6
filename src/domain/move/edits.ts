import type { DocumentEdit } from "../config/document/apply-edit.ts";
import type { RawConfig } from "../config/raw.ts";

/**
 * The edits that move a container's entries of `layout` and `hb` to another node, on the file as it stands now; a row
 * that the node does not have is added. None when the container is no longer where it was: then somebody else moved it.
 */
export function moveEdits(
  raw: RawConfig,
  { container, from, to }: { readonly container: string; readonly from: string; readonly to: string },
): readonly DocumentEdit[] {
  const inLayout = moveEntry("layout", raw.layout ?? [], { container, from, to });
  return inLayout.length === 0 ? [] : [...inLayout, ...moveEntry("hb", raw.hb ?? [], { container, from, to })];
}

type Row = { readonly node: string } & Readonly<Record<string, unknown>>;

function moveEntry(
  section: "layout" | "hb",
  rows: readonly Row[],
  { container, from, to }: { readonly container: string; readonly from: string; readonly to: string },
): readonly DocumentEdit[] {
  const source = rows.findIndex((row) => row.node === from && Object.hasOwn(row, container));
  if (source === -1) return [];
  const found = rows.findIndex((row) => row.node === to);
  const target = found === -1 ? rows.length : found;
  return [
    ...(found === -1 ? [{ op: "set" as const, path: [section, target], value: { node: to } }] : []),
    { op: "move", from: [section, source, container], to: [section, target, container] },
  ];
}

import type { RawConfig } from "../../config/raw.ts";
import { type ContainerEdit, removeEntries, setHosts } from "./entries.ts";

/**
 * The edits that take a container's instances on `nodes` out of layout and hb, in the order in which they are to be
 * made. Its constraint goes with the last instance. Names are compared whole.
 */
export function planRemoveContainer(
  raw: RawConfig,
  { name, nodes }: { readonly name: string; readonly nodes: readonly string[] },
): readonly ContainerEdit[] {
  const remains = (raw.layout ?? []).some((row) => Object.hasOwn(row, name) && !nodes.includes(row.node));
  return [
    ...removeEntries("hb", raw.hb, { nodes, name }),
    ...(remains ? [] : setHosts(raw, name, [])),
    ...removeEntries("layout", raw.layout, { nodes, name }),
  ];
}

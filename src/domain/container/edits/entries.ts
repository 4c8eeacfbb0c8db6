import { formatPath, type ConfigPath } from "../../config/document/path.ts";
import type { RawConfig } from "../../config/raw.ts";
import { redact } from "../../config/secrets/redact.ts";
import type { PlannedEdit } from "../../node/edit.ts";

/** An edit for a container, and the node whose row it changes; none for what all its instances share. */
export interface ContainerEdit extends PlannedEdit {
  readonly node: string | undefined;
  /** What stood there; undefined for nothing. */
  readonly before?: unknown;
}

type Row = { readonly node: string } & Readonly<Record<string, unknown>>;

/** Sets a value and says so, `old → new`, with secrets hidden. */
export function put(
  path: ConfigPath,
  { before, after, node }: { readonly before?: unknown; readonly after: unknown; readonly node?: string },
): ContainerEdit {
  const place = formatPath(path);
  const text =
    before === undefined
      ? `${place} = ${shown(after, path)}`
      : `${place}: ${shown(before, path)} → ${shown(after, path)}`;
  return { edit: { op: "set", path, value: after }, text, node, before };
}

export function drop(
  path: ConfigPath,
  { before, node }: { readonly before: unknown; readonly node?: string },
): ContainerEdit {
  return { edit: { op: "delete", path }, text: `${formatPath(path)} is removed: ${shown(before, path)}`, node, before };
}

/** The edits that give a container a new entry in the rows of some nodes; rows that are missing are appended. */
export function addEntries(
  section: "layout" | "hb",
  rows: readonly Row[] | null | undefined,
  entry: { readonly nodes: readonly string[]; readonly name: string; readonly value: unknown },
): readonly ContainerEdit[] {
  const { nodes, name, value } = entry;
  const known = rows ?? [];
  const rowOf = (node: string): number => known.findIndex((row) => row.node === node);
  const fresh = nodes.filter((node) => rowOf(node) === -1).map((node) => ({ node, [name]: value }));
  const inRows = nodes
    .filter((node) => rowOf(node) !== -1)
    .map((node) => put([section, rowOf(node), name], { after: value, node }));
  if (known.length === 0) return fresh.length === 0 ? [] : [put([section], { after: fresh })];
  return [...inRows, ...fresh.map((row, at) => put([section, known.length + at], { after: row, node: row.node }))];
}

/** The edits that take a container out of the rows of some nodes, from the last row to the first. */
export function removeEntries(
  section: "layout" | "hb",
  rows: readonly Row[] | null | undefined,
  entry: { readonly nodes: readonly string[]; readonly name: string },
): readonly ContainerEdit[] {
  return (rows ?? [])
    .flatMap((row, index) => {
      const { node } = row;
      if (!entry.nodes.includes(node) || !Object.hasOwn(row, entry.name)) return [];
      // A row of the layout stays without containers, because it makes the node one of the cluster; one of hb is no use.
      const last = section === "hb" && Object.keys(row).length === 2;
      const found = row[entry.name];
      // A port is read as a number; in files of PiCluster it is a string, and so is what pictl writes.
      const before = typeof found === "number" ? String(found) : found;
      return [drop(last ? [section, index] : [section, index, entry.name], { before, node })];
    })
    .reverse();
}

/** The edits that make `hosts` the nodes a container may be moved to; none of them means anywhere, and no row. */
export function setHosts(raw: RawConfig, name: string, hosts: readonly string[]): readonly ContainerEdit[] {
  const rows = raw.container_host_constraints ?? [];
  const section = "container_host_constraints";
  const index = rows.findIndex((row) => isAbout(row, name));
  const before = rows[index]?.container;
  if (hosts.length === 0) return index === -1 ? [] : [drop([section, index], { before })];
  const container = [name, ...hosts].join(",");
  if (index !== -1) {
    return words(before) === container ? [] : [put([section, index, "container"], { before, after: container })];
  }
  return rows.length === 0
    ? [put([section], { after: [{ container }] })]
    : [put([section, rows.length], { after: { container } })];
}

/** `CONTAINER,HOST,HOST`: the first word, compared whole. */
function isAbout(row: { readonly container?: string | undefined }, name: string): boolean {
  return row.container?.split(",")[0]?.trim() === name;
}

function words(text: string | undefined): string {
  return (text ?? "")
    .split(",")
    .map((word) => word.trim())
    .join(",");
}

function shown(value: unknown, path: ConfigPath): string {
  return JSON.stringify(redact(value, path));
}

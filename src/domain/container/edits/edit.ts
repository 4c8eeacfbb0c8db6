import type { RawConfig, RawContainer } from "../../config/raw.ts";
import { PictlError } from "../../errors.ts";
import { addEntries, type ContainerEdit, drop, put, removeEntries, setHosts } from "./entries.ts";

/** What is to be different about a container; what is undefined stays. */
export interface ContainerChange {
  readonly args?: string | undefined;
  /** A registry's; null for one that is built. */
  readonly image?: string | null | undefined;
  /** The folder it is built from, which takes the place of an image. */
  readonly build?: string | undefined;
  /** Port the heartbeat looks at. */
  readonly port?: number | "none" | undefined;
  /** Nodes it may be moved to; none of them means anywhere. */
  readonly hosts?: readonly string[] | undefined;
}

/**
 * The edits that change a container's instances on `nodes`, in the order in which they are to be made; none when the
 * config says all that already. Throws usage where an image is taken away and there is no folder to build from.
 */
export function planEditContainer(
  raw: RawConfig,
  {
    name,
    nodes,
    change,
  }: { readonly name: string; readonly nodes: readonly string[]; readonly change: ContainerChange },
): readonly ContainerEdit[] {
  return [
    ...(raw.layout ?? []).flatMap((row, index) => {
      if (!nodes.includes(row.node) || !Object.hasOwn(row, name)) return [];
      const entry = row[name] ?? null;
      if (change.image === null && change.build === undefined) refuseNoFolder(raw, entry, name);
      return planEntry(entry, { path: ["layout", index, name], node: row.node, change });
    }),
    ...planPort(raw, { name, nodes, port: change.port }),
    ...(change.hosts === undefined ? [] : setHosts(raw, name, [...new Set(change.hosts)])),
  ];
}

function planEntry(
  entry: string | RawContainer | null,
  place: { readonly path: readonly (string | number)[]; readonly node: string; readonly change: ContainerChange },
): readonly ContainerEdit[] {
  const { path, node, change } = place;
  if (entry === null || typeof entry === "string") {
    const args = change.args ?? entry ?? "";
    const { image, build } = change;
    const after = build === undefined ? (image == null ? args : { args, image }) : { args, build };
    return after === (entry ?? "") ? [] : [put(path, { before: entry ?? undefined, after, node })];
  }
  const key = (name: "args" | "image" | "build"): readonly ContainerEdit[] => {
    const [before, after] = [entry[name], change[name]];
    return after == null || after === before ? [] : [put([...path, name], { before, after, node })];
  };
  const without = (name: "image" | "build"): readonly ContainerEdit[] =>
    entry[name] === undefined ? [] : [drop([...path, name], { before: entry[name], node })];
  return [
    ...key("args"),
    ...key("image"),
    ...key("build"),
    // A container has an image or a build folder.
    ...(typeof change.image === "string" ? without("build") : []),
    ...(change.image === null || change.build !== undefined ? without("image") : []),
  ];
}

function refuseNoFolder({ docker }: RawConfig, entry: string | RawContainer | null, name: string): void {
  if (docker !== undefined || typeof entry === "string" || entry?.image === undefined) return;
  throw new PictlError("usage", `Without its image there is nothing to make ${name} of: the config names no folder.`, {
    container: name,
    hint: "Name the folder that it is built from with `--build FOLDER`.",
  });
}

function planPort(
  raw: RawConfig,
  { name, nodes, port }: { name: string; nodes: readonly string[]; port: number | "none" | undefined },
): readonly ContainerEdit[] {
  if (port === undefined) return [];
  if (port === "none") return removeEntries("hb", raw.hb, { nodes, name });
  const found = (raw.hb ?? []).flatMap((row, index) => {
    const before = nodes.includes(row.node) ? row[name] : undefined;
    return before === undefined ? [] : [{ node: row.node, index, before }];
  });
  const missing = nodes.filter((node) => !found.some((each) => each.node === node));
  return [
    ...found.flatMap(({ node, index, before }) => {
      // A check that looks at a port keeps its other settings.
      if (typeof before === "object" && "port" in before) {
        const path = ["hb", index, name, "port"];
        return before.port === port ? [] : [put(path, { before: before.port, after: port, node })];
      }
      const after = String(port);
      const said = typeof before === "object" ? before : String(before);
      return said === after ? [] : [put(["hb", index, name], { before: said, after, node })];
    }),
    ...addEntries("hb", raw.hb, { nodes: missing, name, value: String(port) }),
  ];
}

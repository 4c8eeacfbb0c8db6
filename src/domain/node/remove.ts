import type { ConfigPath } from "../config/document/path.ts";
import type { RawConfig, RawVip } from "../config/raw.ts";
import { PictlError } from "../errors.ts";
import { plural } from "../text.ts";
import { type PlannedEdit, removal, set } from "./edit.ts";
import { quote } from "../shell.ts";

/**
 * The edits that take a node out of the config: its rows of `layout`, `hb` and `vip`, its mention as somebody's
 * `slave` or among the hosts of a constraint, and its entry under `nodes`. Names are compared whole. In the order of the
 * file and with its indexes: to be applied from the last to the first.
 */
export function planRemoveNode(raw: RawConfig, name: string): readonly PlannedEdit[] {
  const address = raw.nodes?.[name]?.address ?? name;
  return [
    ...each(raw.layout, (row, index) => {
      if (row.node !== name) return [];
      const containers = placedOn({ layout: [row] }, name);
      return [removal(["layout", index], containers.length === 0 ? "" : `, with ${containers.join(", ")}`)];
    }),
    ...each(raw.hb, (row, index) => (row.node === name ? [removal(["hb", index])] : [])),
    ...planVip(raw.vip, ["vip"], { name, address }),
    ...each(raw.vips, ({ vip }, index) => planVip(vip, ["vips", index, "vip"], { name, address })),
    ...each(raw.container_host_constraints, (row, index) =>
      row.container === undefined ? [] : planConstraint(row.container, name, index),
    ),
    ...(raw.nodes && Object.hasOwn(raw.nodes, name) ? [planEntry(raw.nodes, name)] : []),
  ];
}

function each<Row>(
  rows: readonly Row[] | null | undefined,
  plan: (row: Row, index: number) => readonly PlannedEdit[],
): readonly PlannedEdit[] {
  return (rows ?? []).flatMap(plan);
}

function planVip(
  rows: RawVip["vip"],
  path: ConfigPath,
  { name, address }: { readonly name: string; readonly address: string },
): readonly PlannedEdit[] {
  return each(rows, (row, index) => {
    if (row.node === name) return [removal([...path, index])];
    return row.slave === name || row.slave === address ? [removal([...path, index, "slave"])] : [];
  });
}

/** An empty `nodes` is of no use. */
function planEntry(nodes: object, name: string): PlannedEdit {
  return removal(Object.keys(nodes).length > 1 ? ["nodes", name] : ["nodes"]);
}

/** `CONTAINER,HOST,HOST`, the blanks as they are. Without a host left there is nowhere to move to, and no row. */
function planConstraint(text: string, name: string, index: number): readonly PlannedEdit[] {
  const [container = "", ...hosts] = text.split(",");
  const left = hosts.filter((host) => host.trim() !== name);
  if (left.length === hosts.length) return [];
  const path = ["container_host_constraints", index];
  if (left.length === 0) return [removal(path, `: ${container.trim()} has nowhere to move to any more`)];
  return [set([...path, "container"], [container, ...left].join(","))];
}

/** What keeps a node in the cluster. */
export interface NodeUse {
  /** Containers that the layout places on it. */
  readonly placed: readonly string[];
  /** Containers of ours that run there; null when it could not be asked. */
  readonly running: readonly string[] | null;
}

/** The containers that the layout places on a node. */
export function placedOn(raw: RawConfig, name: string): readonly string[] {
  const row = raw.layout?.find((each) => each.node === name);
  return row === undefined ? [] : Object.keys(row).filter((key) => key !== "node");
}

/** Throws what `nodeInUse` says. */
export function refuseInUse(node: string, use: NodeUse): void {
  const error = nodeInUse(node, use);
  if (error) throw error;
}

/** The node-in-use of a node on which containers are placed or run; undefined for one without any. */
export function nodeInUse(node: string, { placed, running }: NodeUse): PictlError | undefined {
  if (placed.length > 0) {
    return new PictlError(
      "node-in-use",
      `The layout places ${plural(placed.length, "container")} on ${node}: ${placed.join(", ")}.`,
      {
        node,
        hint: `Move ${placed.length === 1 ? "it" : "them"} to other nodes first with \`--move\`, or take ${node} out with all of them: \`--force\`.`,
      },
    );
  }
  if (running === null || running.length === 0) return undefined;
  return new PictlError("node-in-use", `Containers of this cluster still run on ${node}: ${running.join(", ")}.`, {
    node,
    hint: `Remove them there (\`pictl exec --node ${node} -- docker rm -f ${running.map(quote).join(" ")}\`), or leave them running: \`--force\`.`,
  });
}

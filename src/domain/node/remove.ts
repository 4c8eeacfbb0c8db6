import type { RawConfig } from "../config/raw.ts";
import { PictlError } from "../errors.ts";
import { plural } from "../text.ts";
import { type PlannedEdit, remove, set } from "./edit.ts";

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
      const containers = Object.keys(row).filter((key) => key !== "node");
      return [remove(["layout", index], containers.length === 0 ? "" : `, with ${containers.join(", ")}`)];
    }),
    ...each(raw.hb, (row, index) => (row.node === name ? [remove(["hb", index])] : [])),
    ...each(raw.vip, (row, index) => {
      if (row.node === name) return [remove(["vip", index])];
      return row.slave === name || row.slave === address ? [remove(["vip", index, "slave"])] : [];
    }),
    ...each(raw.container_host_constraints, (row, index) =>
      row.container === undefined ? [] : planConstraint(row.container, name, index),
    ),
    ...(raw.nodes && Object.hasOwn(raw.nodes, name) ? [remove(["nodes", name])] : []),
  ];
}

function each<Row>(
  rows: readonly Row[] | null | undefined,
  plan: (row: Row, index: number) => readonly PlannedEdit[],
): readonly PlannedEdit[] {
  return (rows ?? []).flatMap(plan);
}

/** `CONTAINER,HOST,HOST`, the blanks as they are. Without a host left there is nowhere to move to, and no row. */
function planConstraint(text: string, name: string, index: number): readonly PlannedEdit[] {
  const [container = "", ...hosts] = text.split(",");
  const left = hosts.filter((host) => host.trim() !== name);
  if (left.length === hosts.length) return [];
  const path = ["container_host_constraints", index];
  if (left.length === 0) return [remove(path, `: ${container.trim()} has nowhere to move to any more`)];
  return [set([...path, "container"], [container, ...left].join(","))];
}

/** What keeps a node in the cluster. */
export interface NodeUse {
  /** Containers that the layout places on it. */
  readonly placed: readonly string[];
  /** Containers of ours that run there; null when it could not be asked. */
  readonly running: readonly string[] | null;
}

/** Throws node-in-use when containers are placed on the node or run there. */
export function refuseInUse(node: string, { placed, running }: NodeUse): void {
  if (placed.length > 0) {
    throw new PictlError(
      "node-in-use",
      `The layout places ${plural(placed.length, "container")} on ${node}: ${placed.join(", ")}.`,
      {
        node,
        hint: `Give each another node first (\`pictl move CONTAINER NODE\`), or take ${node} out with all of them: \`--force\`.`,
      },
    );
  }
  if (running && running.length > 0) {
    throw new PictlError("node-in-use", `Containers of this cluster still run on ${node}: ${running.join(", ")}.`, {
      node,
      hint: `Remove them there (\`pictl exec --node ${node} "docker rm -f ${running.join(" ")}"\`), or leave them running: \`--force\`.`,
    });
  }
}

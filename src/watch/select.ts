import type { StatusRow } from "../app/status.ts";
import type { LiveContainer, LiveNode, Model } from "./model.ts";

const known = new WeakMap<Model["nodes"], readonly LiveContainer[]>();

/** Every container's row, node by node; the same array while no node has changed. */
export function containersOf({ nodes }: Model): readonly LiveContainer[] {
  let rows = known.get(nodes);
  if (!rows) {
    rows = [...nodes.values()].flatMap(({ containers }) => [...containers.values()]);
    known.set(nodes, rows);
  }
  return rows;
}

/** The row of `container@node`; undefined when there is none. */
export function containerAt({ nodes }: Model, key: string): LiveContainer | undefined {
  const at = key.lastIndexOf("@");
  return nodes.get(key.slice(at + 1))?.containers.get(key.slice(0, at));
}

/** How long something may go unseen, milliseconds, until it counts as old: three times as long as it is looked at anew. */
export const oldAfterMs = { node: 15_000, container: 90_000, use: 6000, vip: 15_000, local: 6000 } as const;

/** Whether what was last seen then is too old to be believed without a word. */
export function isOld(seenAtMs: number | null, nowMs: number, kind: keyof typeof oldAfterMs): boolean {
  return seenAtMs === null || nowMs - seenAtMs > oldAfterMs[kind];
}

/** The rows of `pictl status` in the order of the config, strays last; numbers that are too old are left out. */
export function statusRows(model: Model, nowMs: number): readonly StatusRow[] {
  const wanted = model.config.config.placements.flatMap(({ container, node }) => {
    const row = model.nodes.get(node)?.containers.get(container);
    return row ? [row] : [];
  });
  const strays = containersOf(model).filter((row) => !row.wanted);
  return [...wanted, ...strays].map((row) => statusRow(row, nowMs));
}

/** Field by field: a row of the model has more. */
function statusRow(row: LiveContainer, nowMs: number): StatusRow {
  const { container, node, wanted, stopped, state, detail, health, startedAtMs, restarts, containerId } = row;
  const { image, copyOf, generation } = row;
  const measured = !isOld(row.useAtMs, nowMs, "use");
  return {
    ...{ container, node, wanted, stopped, state, detail, health, startedAtMs, restarts, containerId, image, copyOf },
    generation,
    uptimeMs: startedAtMs === null || state === "unknown" ? null : Math.max(0, nowMs - startedAtMs),
    cpuPercent: measured ? row.cpuPercent : null,
    memoryBytes: measured ? row.memoryBytes : null,
  };
}

/** Nodes that everything is known of, or that have said why not: the first look has ended there. */
export function isTold({ state, docker }: LiveNode): boolean {
  return state === "silent" || state === "refused" || (state === "answering" && docker.state !== "connecting");
}

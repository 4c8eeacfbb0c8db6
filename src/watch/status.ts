import type { PassingStatus, StatusRow } from "../app/status.ts";
import { isAsWanted } from "../domain/container/status.ts";
import type { Config } from "../domain/config/types.ts";
import { type Failure, PictlError } from "../domain/errors.ts";
import { selectOnNodes } from "../domain/select.ts";
import type { LiveNode, Model } from "./model.ts";
import { isTold, statusRows } from "./select.ts";

/** What somebody asks for with `pictl status`. */
export interface StatusScope {
  readonly nodes: ReadonlySet<string>;
  /** The containers whose copies are asked for; undefined for all, and the strays. */
  readonly names: ReadonlySet<string> | undefined;
}

/** What words name; undefined: all. */
export interface NamedScope {
  readonly names: readonly string[] | undefined;
  readonly nodes: readonly string[] | undefined;
}

/** The scope that words name in a config that may have changed since somebody said them: what it has no longer is not in it. */
export function scopeOf(config: Config, { names, nodes }: NamedScope): StatusScope {
  try {
    const found = selectOnNodes(config, names ?? [], nodes ?? []);
    return {
      nodes: new Set(found.nodes.map(({ name }) => name)),
      names: names && new Set(found.placements.map(({ container }) => container)),
    };
  } catch (error) {
    if (error instanceof PictlError) return { nodes: new Set(), names: new Set() };
    throw error;
  }
}

/** `pictl status` at one moment. */
export interface StatusNow {
  /** RFC 3339, UTC. */
  readonly time: string;
  readonly cluster: string;
  readonly containers: readonly StatusRow[];
  readonly asWanted: number;
  readonly nodes: readonly NodeNow[];
  /** What keeps from knowing more: nodes, and their Docker, that do not answer, a config with mistakes. */
  readonly failures: readonly Failure[];
  /** Every node has told, or has failed to. */
  readonly complete: boolean;
}

export interface NodeNow {
  readonly node: string;
  /** `no docker`: the node answers, and its Docker does not. */
  readonly state: LiveNode["state"] | "no docker";
  /** Why it does not answer; empty when it does. */
  readonly message: string;
}

export function statusNow(model: Model, { nodes, names }: StatusScope, nowMs: number): StatusNow {
  const containers = statusRows(model, nowMs).filter(
    (row) => nodes.has(row.node) && (names === undefined || names.has(row.copyOf) || names.has(row.container)),
  );
  const live = [...model.nodes.values()].filter(({ node }) => nodes.has(node));
  return {
    time: new Date(nowMs).toISOString(),
    cluster: model.cluster,
    containers,
    asWanted: containers.filter(isAsWanted).length,
    nodes: live.map(nodeNow),
    failures: [
      ...(model.config.failure ? [model.config.failure] : []),
      ...live.flatMap((node) => failuresOf(node, nowMs)),
    ],
    complete: live.every(isTold),
  };
}

function nodeNow({ node, state, failure, docker }: LiveNode): NodeNow {
  if (state === "answering" && docker.state === "silent") {
    return { node, state: "no docker", message: docker.failure?.message ?? "" };
  }
  return { node, state, message: failure?.message ?? "" };
}

function failuresOf({ node, state, failure, docker, seenAtMs }: LiveNode, nowMs: number): readonly Failure[] {
  const why = failure ?? (state === "answering" ? docker.failure : null);
  if (!why) return [];
  const age =
    failure && seenAtMs !== null ? ` It last answered ${String(Math.round((nowMs - seenAtMs) / 1000))} s ago.` : "";
  return [{ ...why, node, message: `${why.message}${age}` }];
}

/** What is new at a moment; at the first one, everything. */
export interface StatusChanges {
  /** RFC 3339, UTC. */
  readonly time: string;
  /** Rows that are new, or other than before. */
  readonly containers: readonly StatusRow[];
  /** Rows that are no more. */
  readonly gone: readonly Pick<StatusRow, "container" | "node">[];
  readonly nodes: readonly NodeNow[];
}

/** Undefined when nothing has changed: what a container uses, and for how long it is up, is no change. */
export function statusChanges(before: StatusNow | undefined, after: StatusNow): StatusChanges | undefined {
  const key = ({ container, node }: StatusRow): string => `${container}@${node}`;
  const old = new Map(before?.containers.map((row) => [key(row), row]));
  const now = new Set(after.containers.map(key));
  const oldNodes = new Map(before?.nodes.map((each) => [each.node, each]));
  const containers = after.containers.filter((row) => !sameRow(old.get(key(row)), row));
  const gone = (before?.containers ?? []).filter((row) => !now.has(key(row)));
  const nodes = after.nodes.filter((each) => {
    const was = oldNodes.get(each.node);
    return was?.state !== each.state || was.message !== each.message;
  });
  if (containers.length + gone.length + nodes.length === 0) return undefined;
  return { time: after.time, containers, gone: gone.map(({ container, node }) => ({ container, node })), nodes };
}

function sameRow(before: StatusRow | undefined, after: StatusRow): boolean {
  if (!before) return false;
  const told = (row: StatusRow): string => JSON.stringify({ ...row, ...nothingPassing });
  return told(before) === told(after);
}

const nothingPassing: Readonly<Record<keyof PassingStatus, null>> = {
  uptimeMs: null,
  cpuPercent: null,
  memoryBytes: null,
};

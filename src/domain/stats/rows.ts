import type { Placement } from "../config/types.ts";
import { isOurs } from "../container/copies/ownership.ts";
import type { ContainerFacts, StatsSample } from "../docker/facts.ts";
import { type ContainerUse, useBetween } from "../docker/engine/stats.ts";
import { type NodeSample, type NodeUsage, nodeUseBetween } from "../node/usage.ts";

/** What a node or, where it has a `container`, a container uses. Numbers are null where there are none. */
export interface StatsRow {
  readonly node: string;
  readonly container?: string;
  /** A node's: `ready`, `no docker`, `failed`, `waiting`. A container's: Docker's word, `missing`, `unknown`. */
  readonly state: string;
  /** 100 is one processor fully used. */
  readonly cpuPercent: number | null;
  readonly memoryBytes: number | null;
  readonly memoryLimitBytes: number | null;
  /** Since it was started. */
  readonly networkRxBytes: number | null;
  readonly networkTxBytes: number | null;
  readonly networkRxBytesPerSecond: number | null;
  readonly networkTxBytesPerSecond: number | null;
}

/** Everything a node says of itself at one moment. */
export interface StatsLook {
  /** Of a clock that never goes back. */
  readonly atMs: number;
  readonly node: NodeSample;
  /** Undefined where Docker did not answer. */
  readonly docker:
    | { readonly containers: readonly ContainerFacts[]; readonly samples: ReadonlyMap<string, StatsSample> }
    | undefined;
}

/** What is asked for on one node. */
export interface StatsScope {
  readonly node: string;
  readonly cluster: string;
  /** Those of the node; each has a row, running or not. */
  readonly placements: readonly Placement[];
  /** Our containers that are not in the layout have rows too, while they run. */
  readonly strays: boolean;
}

/** The node's row and its containers', as two looks tell. */
export function statsRows(scope: StatsScope, before: StatsLook, after: StatsLook): readonly StatsRow[] {
  const seconds = (after.atMs - before.atMs) / 1000;
  const { node } = scope;
  const of = (first: Counted | undefined, second: Counted & (ContainerUse | NodeUsage)): Measures => ({
    ...second,
    networkRxBytesPerSecond: rate(first?.networkRxBytes, second.networkRxBytes, seconds),
    networkTxBytesPerSecond: rate(first?.networkTxBytes, second.networkTxBytes, seconds),
  });
  const containers = chosen(scope, after).map(({ container, facts }): StatsRow => {
    const first = facts && before.docker?.samples.get(facts.id);
    const second = facts && after.docker?.samples.get(facts.id);
    const state = after.docker ? (facts?.state ?? "missing") : "unknown";
    return { node, container, state, ...(first && second ? of(first, useBetween(first, second)) : nothing) };
  });
  const own = of(before.node, nodeUseBetween(before.node, after.node));
  return [{ node, state: after.docker ? "ready" : "no docker", ...own }, ...containers];
}

/** The rows of a node that told nothing. */
export function emptyRows({ node, placements }: StatsScope, state: "failed" | "waiting"): readonly StatsRow[] {
  return [
    { node, state, ...nothing },
    ...placements.map(({ container }) => ({ node, container, state: "unknown", ...nothing })),
  ];
}

type Measures = Omit<StatsRow, "node" | "container" | "state">;
type Counted = Pick<NodeUsage, "networkRxBytes" | "networkTxBytes">;

const nothing: Measures = {
  cpuPercent: null,
  memoryBytes: null,
  memoryLimitBytes: null,
  networkRxBytes: null,
  networkTxBytes: null,
  networkRxBytesPerSecond: null,
  networkTxBytesPerSecond: null,
};

function chosen(
  { placements, strays, cluster }: StatsScope,
  { docker }: StatsLook,
): readonly { readonly container: string; readonly facts: ContainerFacts | undefined }[] {
  const ours = docker?.containers.filter((facts) => isOurs(facts, cluster)) ?? [];
  const wanted = placements.map(({ container }) => ({
    container,
    facts: ours.find((facts) => facts.name === container),
  }));
  const others = ours.filter(
    (facts) => facts.state === "running" && !placements.some(({ container }) => container === facts.name),
  );
  return strays ? [...wanted, ...others.map((facts) => ({ container: facts.name, facts }))] : wanted;
}

/** Null when nothing can be said: a counter that began anew, two looks at the same moment. */
function rate(before: number | null | undefined, after: number | null, seconds: number): number | null {
  if (before == null || after === null || after < before || seconds <= 0) return null;
  return Math.round((after - before) / seconds);
}

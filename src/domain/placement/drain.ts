import type { Placement } from "../config/types.ts";
import type { PictlError } from "../errors.ts";
import { candidates, type Homeless, type HostFacts, noCandidate } from "./candidates.ts";

export interface DrainPlan {
  readonly moves: readonly PlannedMove[];
  /** What no other node can take, each with the reasons. */
  readonly stuck: readonly PictlError[];
}

export interface PlannedMove {
  readonly placement: Placement;
  readonly to: string;
  /** Where to try next when that fails, the best first. */
  readonly otherwise: readonly string[];
}

/** A container that fails to come up on so many nodes will not on the next one either. */
const nodesTried = 3;

/**
 * Where each of a node's containers goes, spread over the nodes that can take it: one after the other, each counted
 * where it goes before the next is looked at.
 */
export function planDrain(homeless: readonly Homeless[], facts: readonly HostFacts[]): DrainPlan {
  const moves: PlannedMove[] = [];
  const stuck: PictlError[] = [];
  let hosts = facts;
  for (const each of homeless) {
    const { nodes, excluded } = candidates(each, hosts, { policy: "spread" });
    const [to, ...others] = nodes;
    if (to === undefined) {
      stuck.push(noCandidate(each, excluded));
      continue;
    }
    moves.push({ placement: each.placement, to, otherwise: others.slice(0, nodesTried - 1) });
    hosts = hosts.map((host) => (host.node === to ? { ...host, placed: [...host.placed, each.placement] } : host));
  }
  return { moves, stuck };
}

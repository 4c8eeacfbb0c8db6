import type { VipMemory } from "../../domain/vip/memory.ts";
import type { Nodes } from "./connection.ts";

/** What the virtual IP needs beyond what every use case does. */
export interface VipState {
  /** Connections of their own: no docker command can hold up a renewal on them. */
  readonly vipNodes: Nodes;
}

/** What is durable of a virtual IP. */
export interface SavedVip {
  readonly memory: VipMemory;
  /** The lease that was in force when it was written. */
  readonly leaseMs: number;
}

/** Whether this process may decide, among several that could. */
export interface Authority {
  current(mode: "static" | "lease"): { readonly leader: boolean; readonly until: number };
  /**
   * From now on orders carry a greater epoch, durably: what was sent before is refused by who has seen it. Resolves to
   * false when that cannot be now.
   */
  raise(mode: "static" | "lease"): Promise<boolean>;
}

/** What somebody wants of a virtual IP by hand, left in the state folder for the daemon. */
export interface VipOrders {
  /** Rejects with state-write-failed. */
  leave(ip: string, order: VipWish): Promise<void>;
  /** The last one left, which is gone then; undefined when there is none. */
  take(ip: string): Promise<VipWish | undefined>;
}

export type VipWish = { readonly to: string } | "release";

import type { VipSection } from "../../domain/config/types.ts";
import type { VipFacts } from "../../domain/vip/facts.ts";
import type { SavedVipMemory, VipWish } from "../../domain/vip/memory.ts";
import type { WishAnswer } from "../../domain/vip/wish.ts";
import type { Nodes } from "./connection.ts";

/** What the virtual IP needs beyond what every use case does. */
export interface VipState {
  /** Connections of their own: no docker command can hold up a renewal on them. */
  readonly vipNodes: Nodes;
}

/** What is durable of a virtual IP. */
export interface SavedVip {
  readonly memory: SavedVipMemory;
  /** The longest lease that was in force, or still ran, when it was written. */
  readonly leaseMs: number;
  /** When its holder was named, RFC 3339, UTC; null when it never was. */
  readonly since: string | null;
}

/** Whether this process may decide, among several that could. */
export interface Authority {
  /** It certainly leads: nobody else may give or take an address. */
  leads(): boolean;
  current(section: Pick<VipSection, "ip" | "mode">): VipFacts["authority"];
  /**
   * From now on orders carry a greater epoch, durably: what was sent before is refused by who has seen it. Resolves to
   * false when that cannot be now.
   */
  raise(mode: "static" | "lease"): Promise<boolean>;
  /**
   * Has the nodes remember that one of them may have the address without an end, before it gets it so. false: too few of
   * them can be told.
   */
  freeze(ip: string, node: string): Promise<boolean>;
  /** It has an end there again, or is gone. */
  thaw(ip: string, node: string): Promise<void>;
}

/** What somebody wants of a virtual IP by hand, left in the state folder for the daemon of this machine. */
export interface VipRequest {
  readonly id: string;
  readonly wish: VipWish;
  /** The daemon's process id: one that starts later does not heed what was meant for this one. */
  readonly daemon: number;
}

/** How far the daemon is with a request. */
export interface VipReply {
  readonly id: string;
  /** Who held the address before; null when nobody did. */
  readonly before: string | null;
  readonly answer: WishAnswer;
}

/** One request and one reply an address. Everything that writes rejects with state-write-failed. */
export interface VipRequests {
  leave(ip: string, request: VipRequest): Promise<void>;
  /** The last one left, while nobody has taken it. */
  read(ip: string): Promise<VipRequest | undefined>;
  withdraw(ip: string): Promise<void>;
  reply(ip: string, reply: VipReply): Promise<void>;
  /** The last one given. */
  readReply(ip: string): Promise<VipReply | undefined>;
}

import { safety } from "../safety.ts";
import type { RefusalCode } from "../ssh/connect/refusal.ts";

/** What a virtual IP is to be: a `vip` section of the config, as far as decisions go. Times are milliseconds. */
export interface VipSettings {
  readonly ip: string;
  readonly mode: "static" | "lease";
  readonly leaseMs: number;
  readonly preempt: boolean;
  /** In the order of preference. */
  readonly candidates: readonly VipCandidateSettings[];
}

export interface VipCandidateSettings {
  readonly node: string;
  /** What this node must be able to ping to be worth the address. */
  readonly slave: string | undefined;
  readonly pingIntervalMs: number;
}

/** What one tick saw of a candidate, or of a node that has lost its row and may have the address still. */
export type CandidateFacts =
  | AnsweringCandidate
  | { readonly state: "silent" }
  /** It answers, and nothing can be asked of it, for this reason. */
  | { readonly state: "refused"; readonly code: RefusalCode };

export interface AnsweringCandidate {
  readonly state: "answers";
  /** The network device is there. */
  readonly device: boolean;
  /** Its cable is plugged in. */
  readonly carrier: boolean;
  /** The address is an IPv6 one, and IPv6 is switched off on the device. */
  readonly ipv6Off?: boolean;
  /** It has the virtual IP from pictl: for how long still, null for ever. */
  readonly holds: { readonly secondsLeft: number | null } | null;
  /** Where it has the virtual IP from somebody else, who may reach it by that: nothing of this is ever touched. */
  readonly foreign: readonly VipPlace[];
  /** Its own addresses on the device, with their prefix lengths. */
  readonly networks: readonly string[];
  /** Every target of the section, by its name, and whether this node can ping it. */
  readonly reaches: Readonly<Record<string, boolean>>;
}

/** An address on a network device, with its prefix length: `10.0.0.11/24`. */
export interface VipPlace {
  readonly device: string;
  readonly address: string;
}

/** What any node of the config tells of all virtual IPs. */
export interface NodeSurvey {
  /** The addresses that it has from pictl. */
  readonly given: readonly string[];
  /** Virtual IPs that it has from somebody else. */
  readonly foreign: readonly (VipPlace & { readonly ip: string })[];
}

/** Everything one tick saw. `at` and `until` are on this machine's clock that never goes back. */
export interface VipFacts {
  readonly at: number;
  readonly candidates: Readonly<Record<string, CandidateFacts>>;
  /** Nodes that are no candidates, and have the virtual IP from somebody else. */
  readonly others: Readonly<Record<string, readonly VipPlace[]>>;
  /**
   * Asked when no answering candidate has the address: whether somebody in the network still answers for it. null:
   * nobody could ask.
   */
  readonly stillAnswered: boolean | null;
  readonly authority: {
    /** This controller may decide; another one may not, until then (never past it in lease mode). */
    readonly leader: boolean;
    /** Another controller leads. */
    readonly standby: boolean;
    readonly until: number;
    /** Nodes that may have the address without an end, as a majority of all nodes remembers. */
    readonly frozen: readonly string[];
  };
}

/** The facts after the address was seen to be gone from a node. */
export function withRemoved(facts: VipFacts, node: string): VipFacts {
  return thawed(withHolding(facts, node, null), node);
}

/** The facts after a node was seen to have the address, for so long; null: without end. */
export function withGranted(facts: VipFacts, node: string, leaseMs: number | null): VipFacts {
  if (leaseMs === null) return withHolding(facts, node, { secondsLeft: null });
  return thawed(withHolding(facts, node, { secondsLeft: Math.floor(leaseMs / 1000) }), node);
}

function thawed(facts: VipFacts, node: string): VipFacts {
  const { authority } = facts;
  return { ...facts, authority: { ...authority, frozen: authority.frozen.filter((each) => each !== node) } };
}

function withHolding(facts: VipFacts, node: string, holds: AnsweringCandidate["holds"]): VipFacts {
  const candidate = facts.candidates[node];
  if (candidate?.state !== "answers") return facts;
  return { ...facts, candidates: { ...facts.candidates, [node]: { ...candidate, holds } } };
}

/** The candidates that were seen to have the address. */
export function holdersOf({ candidates }: Pick<VipFacts, "candidates">): readonly string[] {
  return Object.entries(candidates).flatMap(([node, seen]) => (seen.state === "answers" && seen.holds ? [node] : []));
}

/** Every node that has the address from somebody else, in words: `n2 has 10.0.0.12/24 on eth0`. */
export function foreignOf({ candidates, others }: Pick<VipFacts, "candidates" | "others">): readonly string[] {
  if (!safety["foreign-address"]) return [];
  const places = Object.entries(candidates).map(([node, seen]) => ({
    node,
    foreign: seen.state === "answers" ? seen.foreign : [],
  }));
  return [...places, ...Object.entries(others).map(([node, foreign]) => ({ node, foreign }))].flatMap(
    ({ node, foreign }) => foreign.map(({ device, address }) => `${node} has ${address} on ${device}`),
  );
}

/** What a virtual IP is to be: a `vip` section of the config, as far as decisions go. Times are milliseconds. */
export interface VipSettings {
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

/** What one tick saw of a candidate. */
export type CandidateFacts = AnsweringCandidate | { readonly state: "silent" } | { readonly state: "refused" };

export interface AnsweringCandidate {
  readonly state: "answers";
  /** The network device is there. */
  readonly device: boolean;
  /** Its cable is plugged in. */
  readonly carrier: boolean;
  /** The address is an IPv6 one, and IPv6 is switched off on the device. */
  readonly ipv6Off?: boolean;
  /** The virtual IP is on it: for how long still, null for ever. */
  readonly holds: { readonly secondsLeft: number | null } | null;
  /** Every target of the section, by its name, and whether this node can ping it. */
  readonly reaches: Readonly<Record<string, boolean>>;
}

/** Everything one tick saw. `at` and `until` are on this machine's clock that never goes back. */
export interface VipFacts {
  readonly at: number;
  readonly candidates: Readonly<Record<string, CandidateFacts>>;
  /**
   * Asked when no answering candidate has the address: whether somebody in the network still answers for it. null:
   * nobody could ask.
   */
  readonly stillAnswered: boolean | null;
  readonly authority: {
    /** This controller may decide; another one may not, until then (never past it in lease mode). */
    readonly leader: boolean;
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

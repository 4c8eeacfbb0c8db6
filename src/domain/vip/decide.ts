import { safety } from "../safety.ts";
import { elect } from "./election.ts";
import type { CandidateFacts, VipFacts, VipSettings } from "./facts.ts";
import { judgeHealth, whyUnfit } from "./health.ts";
import { book, mayHave, shortestLeaseMs, unbook } from "./lease.ts";
import { lookOn, type VipMemory } from "./memory.ts";

/** What a tick asks of a node. */
export type VipOrder =
  | {
      readonly do: "remove";
      readonly node: string;
      /** Sent with a new, greater epoch: whatever was sent to that node before is refused there from then on. */
      readonly fence: boolean;
      /** It was seen there; else it is only made sure that nothing sent before can bring it there. */
      readonly seen: boolean;
    }
  | {
      readonly do: "grant";
      readonly node: string;
      /** null: without end. */
      readonly leaseMs: number | null;
      /** On this machine's clock, and booked already; null: without end. */
      readonly endsAt: number | null;
      /** Three times when others have to learn of a change. */
      readonly announce: "thrice" | "once";
      /** As above: it has the address without an end, and what gave it that must not come after this. */
      readonly fence: boolean;
    };

export interface VipEvent {
  readonly type:
    | "vip.moved"
    | "vip.released"
    | "vip.removed"
    | "vip.waiting"
    | "vip.holder-unmanaged"
    | "vip.conflict"
    | "vip.move-refused"
    | "vip.grant-failed"
    | "vip.lease-runs-out";
  readonly node?: string;
  readonly before?: string | null;
  readonly after?: string | null;
  readonly error?: string;
}

export interface VipDecision {
  readonly memory: VipMemory;
  readonly orders: readonly VipOrder[];
  readonly events: readonly VipEvent[];
}

/** Ticks that a silent holder of a static address is given, and answers of the network that it is gone. */
const silentTicksAllowed = 3;
/** How long changes are remembered. */
const changesKeptMs = 30 * 60_000;

/**
 * What follows from one tick. Of a tick's orders the removals are carried out first; then it is decided once more, on
 * facts in which they are done, and the grants are carried out. The memory is to be durable before anything is sent.
 */
export function decideVip(settings: VipSettings, before: VipMemory, facts: VipFacts): VipDecision {
  // Who does not lead looks on: two who mend the same thing break it.
  if (!facts.authority.leader) {
    const holder = settings.candidates.find(({ node }) => holdsIt(facts.candidates[node]))?.node ?? null;
    return { memory: lookOn(settings, before, { holder, now: facts.at }), orders: [], events: [] };
  }
  const known = facts.authority.frozen.reduce((memory, node) => book(memory, node, null), before);
  const { memory, well } = counted(settings, known, facts);
  if (memory.released) return released(settings, memory, facts);
  if (memory.wish !== null && !well.has(memory.wish)) return refusedWish(settings, memory, facts, memory.wish);
  const wanted = elect(settings, memory, { well, facts });
  if (wanted === null) return waiting(memory, "no candidate is fit to hold the address");
  const { holder } = memory;
  // Whoever has the address when a controller starts is the only one that can have it: that is what leases are for.
  const isAdoption = holder === null && holdsIt(facts.candidates[wanted]);
  // A holder that is without it now may have been replaced while another controller led.
  const isKept =
    wanted === holder &&
    (holdsIt(facts.candidates[wanted]) || mayHave(settings, memory, { butFor: wanted, now: facts.at }).length === 0);
  if (isKept || isAdoption) {
    return removals(settings, memory, facts, wanted) ?? keepOrGrant(settings, memory, { facts, wanted });
  }
  const obstacle = silentObstacle(settings, memory, { facts, wanted });
  if (obstacle && holder !== null && holdsIt(facts.candidates[holder])) {
    // A node that serves is not stripped for one that cannot be given the address yet.
    const kept = removals(settings, memory, facts, holder) ?? keepOrGrant(settings, memory, { facts, wanted: holder });
    return {
      ...kept,
      memory: { ...kept.memory, told: obstacle.memory.told },
      events: [...kept.events, ...obstacle.events],
    };
  }
  const seen = removals(settings, memory, facts, undefined)?.orders ?? [];
  const unseen = obstacle ? [] : answeringBlockers(settings, memory, { facts, wanted });
  const orders = [...seen, ...unseen.filter(({ node }) => !seen.some((other) => other.node === node))];
  if (orders.length > 0) return { memory, orders, events: [] };
  return obstacle ?? keepOrGrant(settings, proven(memory, wanted), { facts, wanted });
}

/** What this tick adds to what is remembered of the nodes; a second decision on the same tick adds nothing. */
function counted(
  settings: VipSettings,
  before: VipMemory,
  facts: VipFacts,
): { memory: VipMemory; well: ReadonlySet<string> } {
  const again = before.lastAt === facts.at;
  const { misses, well } = judgeHealth(settings, before.misses, facts, again);
  const silent = before.holder !== null && facts.candidates[before.holder]?.state !== "answers";
  const silentTicks = again ? before.silentTicks : silent ? before.silentTicks + 1 : 0;
  return {
    well,
    memory: {
      ...before,
      lastAt: facts.at,
      misses,
      wellSince: keepSince(before.wellSince, well, facts.at),
      silentTicks,
      changes: before.changes.filter((at) => facts.at - at <= changesKeptMs),
    },
  };
}

/** Why a node cannot be given the address yet, as far as nodes go that do not answer and strangers that do. */
function silentObstacle(
  settings: VipSettings,
  memory: VipMemory,
  { facts, wanted }: { facts: VipFacts; wanted: string },
): VipDecision | undefined {
  const blockers = mayHave(settings, memory, { butFor: wanted, now: facts.at }).filter(
    (node) => facts.candidates[node]?.state !== "answers",
  );
  if (settings.mode === "lease") {
    const endless = blockers.filter((node) => memory.booked[node] === null);
    if (endless.length > 0) {
      return waiting(
        memory,
        `${endless.join(", ")} does not answer, and may have the address without an end since a daemon was stopped: nobody else gets it before that node is seen again`,
      );
    }
    return blockers.length === 0
      ? undefined
      : waiting(memory, `waits until the lease of ${blockers.join(", ")} has ended for certain`);
  }
  if (blockers.length === 0 || facts.stillAnswered === false) {
    const { holder } = memory;
    const early = holder !== null && blockers.includes(holder) && memory.silentTicks < silentTicksAllowed;
    return early
      ? waiting(memory, `${holder} does not answer; it is given ${String(silentTicksAllowed)} ticks`)
      : undefined;
  }
  if (facts.stillAnswered === true) return answered(memory, facts);
  return waiting(memory, `${blockers.join(", ")} may have the address, and no node can ask the network`);
}

/** Nodes that answer and could be given the address by something that is still under way are made to refuse it. */
function answeringBlockers(
  settings: VipSettings,
  memory: VipMemory,
  { facts, wanted }: { facts: VipFacts; wanted: string },
): readonly VipOrder[] {
  return mayHave(settings, memory, { butFor: wanted, now: facts.at })
    .filter((node) => facts.candidates[node]?.state === "answers")
    .map((node) => ({ do: "remove", node, fence: true, seen: false }));
}

/** Every other node was seen not to have the address, or cannot have it any more. */
function proven(memory: VipMemory, wanted: string): VipMemory {
  return { ...memory, booked: Object.fromEntries(Object.entries(memory.booked).filter(([node]) => node === wanted)) };
}

/** Takes the address from all answering nodes that have it, but from one. */
function removals(
  { candidates }: VipSettings,
  memory: VipMemory,
  facts: VipFacts,
  butFrom: string | undefined,
): VipDecision | undefined {
  const orders = candidates
    .map(({ node }) => node)
    .filter((node) => node !== butFrom && holdsIt(facts.candidates[node]))
    .filter((node) => safety["remove-on-contact"] || node === memory.holder)
    .map((node): VipOrder => ({ do: "remove", node, fence: true, seen: true }));
  return orders.length === 0 ? undefined : { memory, orders, events: [] };
}

function keepOrGrant(
  settings: VipSettings,
  memory: VipMemory,
  { facts, wanted }: { facts: VipFacts; wanted: string },
): VipDecision {
  const seen = facts.candidates[wanted];
  if (seen?.state !== "answers") return waiting(memory, `${wanted} does not answer, and no other candidate is fit`);
  if (!holdsIt(seen) && facts.stillAnswered === true) return answered(memory, facts);
  return grant(settings, memory, { facts, wanted });
}

function grant(
  settings: VipSettings,
  memory: VipMemory,
  { facts, wanted }: { facts: VipFacts; wanted: string },
): VipDecision {
  const has = holdsIt(facts.candidates[wanted]);
  const isNew = wanted !== memory.holder || !has;
  const endsAt = settings.mode === "lease" ? Math.min(facts.at + settings.leaseMs, facts.authority.until) : null;
  if (endsAt !== null && endsAt - facts.at < shortestLeaseMs) {
    return waiting(memory, "too few nodes promise to obey this controller for long enough");
  }
  const order: VipOrder = {
    do: "grant",
    node: wanted,
    leaseMs: endsAt === null ? null : endsAt - facts.at,
    endsAt,
    announce: isNew ? "thrice" : "once",
    fence: endsAt !== null && memory.booked[wanted] === null,
  };
  const named: VipMemory = {
    ...memory,
    holder: wanted,
    wish: memory.wish === wanted ? null : memory.wish,
    silentTicks: 0,
    told: "",
    changes: wanted === memory.holder ? memory.changes : [...memory.changes, facts.at],
  };
  return {
    memory: safety["book-before-sending"] ? book(named, wanted, endsAt) : named,
    orders: [order],
    events: wanted === memory.holder ? [] : [{ type: "vip.moved", node: wanted, before: memory.holder, after: wanted }],
  };
}

/** Taken away by hand: from everybody who answers and has it. */
function released(settings: VipSettings, memory: VipMemory, facts: VipFacts): VipDecision {
  const orders = removals(settings, memory, facts, undefined)?.orders ?? [];
  if (memory.holder === null) return { memory, orders, events: [] };
  return {
    memory: { ...memory, holder: null },
    orders,
    events: [{ type: "vip.released", before: memory.holder, after: null }],
  };
}

/** What came of an order. `done`: read back as ordered; `refused`: certainly nothing was done. */
export type OrderOutcome = "done" | "refused" | "unknown";

/** The memory after an order was carried out, or was not. `why` it was refused, as words in a sentence. */
export function afterOrder(
  memory: VipMemory,
  order: VipOrder,
  outcome: OrderOutcome,
  why = "the node refused it",
): { readonly memory: VipMemory; readonly events: readonly VipEvent[] } {
  if (order.do === "remove") {
    if (outcome !== "done") return { memory, events: [] };
    return {
      memory: unbook(memory, order.node),
      events: order.seen && order.node !== memory.holder ? [{ type: "vip.removed", node: order.node }] : [],
    };
  }
  if (outcome === "done") {
    const booked = { ...memory.booked, [order.node]: order.endsAt };
    return { memory: { ...memory, booked }, events: [] };
  }
  return {
    memory,
    events: [
      {
        type: "vip.grant-failed",
        node: order.node,
        error: outcome === "refused" ? `${why}; nothing was done` : "nobody knows whether it was done",
      },
    ],
  };
}

/**
 * The orders of a graceful stop in lease mode: the holder keeps the address without end, so that a planned stop of the
 * controller takes nothing down. The next start has to see it gone before anybody else gets it.
 */
export function freeze(settings: VipSettings, memory: VipMemory, facts: VipFacts): VipDecision {
  const { holder } = memory;
  if (settings.mode === "static" || holder === null || !facts.authority.leader || !holdsIt(facts.candidates[holder])) {
    return { memory, orders: [], events: [] };
  }
  return {
    memory: book(memory, holder, null),
    orders: [{ do: "grant", node: holder, leaseMs: null, endsAt: null, announce: "once", fence: false }],
    events: [],
  };
}

/** What is told when the nodes cannot be had to remember that. */
export function notFrozen({ leaseMs }: VipSettings, node: string): VipEvent {
  const seconds = String(leaseMs / 1000);
  const error = `too few nodes answer to remember that ${node} keeps the address while no daemon runs: its lease ends in ${seconds} s at the latest, and then nobody has it until a daemon runs again`;
  return { type: "vip.lease-runs-out", node, error };
}

/** How often to tick: at the smallest ping time, at least every third of a lease, at most once a second. */
export function tickMs({ mode, leaseMs, candidates }: VipSettings): number {
  const pings = Math.min(...candidates.map((each) => each.pingIntervalMs));
  return Math.max(1000, mode === "lease" ? Math.min(pings, Math.floor(leaseMs / 3)) : pings);
}

function waiting(memory: VipMemory, why: string): VipDecision {
  return {
    memory: { ...memory, told: why },
    orders: [],
    events: memory.told === why ? [] : [{ type: "vip.waiting", error: why }],
  };
}

/** Somebody has the address whom we did not give it, or cannot see any more: nobody else gets it. */
function answered(memory: VipMemory, facts: VipFacts): VipDecision {
  const silent = Object.keys(facts.candidates).filter((node) => facts.candidates[node]?.state !== "answers");
  const type = silent.length > 0 ? "vip.holder-unmanaged" : "vip.conflict";
  const who =
    silent.length > 0 ? `${silent.join(" or ")} does not answer us, and` : "no candidate has the address, and";
  const error = `${who} somebody in the network answers for it: it is given to nobody else`;
  return {
    memory: { ...memory, told: error },
    orders: [],
    events: memory.told === error ? [] : [{ type, error }],
  };
}

function refusedWish(settings: VipSettings, memory: VipMemory, facts: VipFacts, node: string): VipDecision {
  const why = whyUnfit(settings, { facts, misses: memory.misses }, node) ?? "is not fit to hold the address now";
  return {
    memory: { ...memory, wish: null },
    orders: [],
    events: [{ type: "vip.move-refused", node, error: `${node} ${why}` }],
  };
}

function holdsIt(seen: CandidateFacts | undefined): boolean {
  return seen?.state === "answers" && seen.holds !== null;
}

function keepSince(
  before: Readonly<Record<string, number>>,
  well: ReadonlySet<string>,
  now: number,
): Record<string, number> {
  return Object.fromEntries([...well].map((node) => [node, before[node] ?? now]));
}

import { safety } from "../safety.ts";
import { elect } from "./election.ts";
import { type CandidateFacts, foreignOf, type VipFacts, type VipSettings } from "./facts.ts";
import { judgeHealth, whyUnfit } from "./health.ts";
import { book, isWithout, mayHave, rebook, shortestLeaseMs, unbook } from "./lease.ts";
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
      /** What was booked before; undefined: nothing. */
      readonly bookedBefore?: number | null | undefined;
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
    | "vip.remove-failed"
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
/** How long it is remembered that a node did not do what it was ordered. */
const failuresKeptMs = 60 * 60_000;

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
  if (memory.released) return released(memory, facts);
  const conflict = foreignObstacle(memory, facts);
  const { wish } = memory;
  if (wish !== null && (!well.has(wish) || (conflict && !holdsIt(facts.candidates[wish])))) {
    return refusedWish(settings, memory, facts, wish);
  }
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
    const kept = removals(memory, facts, wanted) ?? keepOrGrant(settings, memory, { facts, wanted });
    return conflict && holdsIt(facts.candidates[wanted]) ? alsoTold(kept, conflict) : kept;
  }
  const obstacle = conflict ?? silentObstacle(settings, memory, { facts, wanted });
  if (obstacle && holder !== null && holdsIt(facts.candidates[holder])) {
    // A node that serves is not stripped for one that cannot be given the address yet.
    const kept = removals(memory, facts, holder) ?? keepOrGrant(settings, memory, { facts, wanted: holder });
    return alsoTold(kept, obstacle);
  }
  const seen = removals(memory, facts, undefined)?.orders ?? [];
  const unseen = obstacle ? [] : answeringBlockers(settings, memory, { facts, wanted });
  const orders = [...seen, ...unseen.filter(({ node }) => !seen.some((other) => other.node === node))];
  if (orders.length > 0) return { memory, orders, events: [] };
  return obstacle ?? keepOrGrant(settings, proven(memory, { facts, wanted }), { facts, wanted });
}

function alsoTold(decision: VipDecision, { memory, events }: VipDecision): VipDecision {
  return {
    ...decision,
    memory: { ...decision.memory, told: memory.told },
    events: [...decision.events, ...events],
  };
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
  const withoutSince = keepSince(before.withoutSince, withoutIt(facts), facts.at);
  const isGone = (node: string): boolean => isWithout(settings, { withoutSince }, { node, now: facts.at });
  return {
    well,
    memory: {
      ...before,
      withoutSince,
      booked: Object.fromEntries(Object.entries(before.booked).filter(([node, end]) => end !== null || !isGone(node))),
      failed: Object.fromEntries(Object.entries(before.failed).filter(([, { at }]) => facts.at - at <= failuresKeptMs)),
      lastAt: facts.at,
      misses,
      wellSince: keepSince(before.wellSince, well, facts.at),
      silentTicks,
      changes: before.changes.filter((at) => facts.at - at <= changesKeptMs),
    },
  };
}

function withoutIt({ candidates }: VipFacts): ReadonlySet<string> {
  const seen = Object.entries(candidates).filter(([, each]) => each.state === "answers" && each.holds === null);
  return new Set(seen.map(([node]) => node));
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
        `${endless.join(", ")} does not answer, and may have the address without an end: nobody else gets it before that node is seen again or has left the config`,
      );
    }
    return blockers.length === 0
      ? undefined
      : waiting(memory, `it waits until the lease of ${blockers.join(", ")} has ended for certain`);
  }
  if (blockers.length === 0 || facts.stillAnswered === false) {
    const { holder } = memory;
    const early = holder !== null && blockers.includes(holder) && memory.silentTicks < silentTicksAllowed;
    return early
      ? waiting(
          memory,
          `${holder} had it and does not answer; if it stays so for ${String(silentTicksAllowed)} looks, another node gets it`,
        )
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

/**
 * Every other node was seen not to have the address, or cannot have it any more; but for one that had it without an end and
 * is silent. A static address is given elsewhere all the same, and a lease, if the config makes it one, is not.
 */
function proven(memory: VipMemory, { facts, wanted }: { facts: VipFacts; wanted: string }): VipMemory {
  const stays = ([node, end]: readonly [string, number | null]): boolean =>
    node === wanted || (end === null && facts.candidates[node]?.state !== "answers");
  return { ...memory, booked: Object.fromEntries(Object.entries(memory.booked).filter(stays)) };
}

/** Takes the address from all answering nodes that have it, but from one. */
function removals(memory: VipMemory, facts: VipFacts, butFrom: string | undefined): VipDecision | undefined {
  const orders = Object.keys(facts.candidates)
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
  const conflict = holdsIt(seen) ? undefined : foreignObstacle(memory, facts);
  if (conflict) return conflict;
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
    bookedBefore: memory.booked[wanted],
  };
  const named: VipMemory = {
    ...memory,
    withoutSince: without(memory.withoutSince, wanted),
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
function released(memory: VipMemory, facts: VipFacts): VipDecision {
  const orders = removals(memory, facts, undefined)?.orders ?? [];
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
  if (outcome !== "done") return afterFailure(memory, order, outcome, why);
  const done: VipMemory = { ...memory, failed: without(memory.failed, order.node) };
  if (order.do === "grant") {
    return { memory: { ...done, booked: { ...memory.booked, [order.node]: order.endsAt } }, events: [] };
  }
  return {
    memory: unbook(done, order.node),
    events: order.seen && order.node !== memory.holder ? [{ type: "vip.removed", node: order.node }] : [],
  };
}

/** What the node did not do is remembered with its reason, and told once. */
function afterFailure(
  memory: VipMemory,
  order: VipOrder,
  outcome: Exclude<OrderOutcome, "done">,
  why: string,
): { readonly memory: VipMemory; readonly events: readonly VipEvent[] } {
  const { node } = order;
  const before = memory.failed[node];
  const reason = outcome === "refused" ? why : "nobody knows whether it was done";
  const failed: VipMemory = {
    ...memory,
    failed: { ...memory.failed, [node]: { count: (before?.count ?? 0) + 1, at: memory.lastAt, why: reason } },
  };
  const type = order.do === "grant" ? "vip.grant-failed" : "vip.remove-failed";
  const error = outcome === "refused" ? `${why}; nothing was done` : reason;
  return {
    memory: order.do === "grant" && outcome === "refused" ? rebook(failed, node, order.bookedBefore) : failed,
    events: before?.why === reason ? [] : [{ type, node, error }],
  };
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

/**
 * A node has the address from somebody else: it may be that node's own, and two who have it break it for both. Nobody
 * gets it from us, and nothing of theirs is touched.
 */
function foreignObstacle(memory: VipMemory, facts: VipFacts): VipDecision | undefined {
  const places = foreignOf(facts);
  if (places.length === 0) return undefined;
  const error = whyForeign(places);
  return {
    memory: { ...memory, told: error },
    orders: [],
    events: memory.told === error ? [] : [{ type: "vip.conflict", error }],
  };
}

/** As words in a sentence, of `foreignOf`. */
export function whyForeign(places: readonly string[]): string {
  return `${places.join(" and ")}, which did not come from pictl: it is left alone, and the address is given to nobody`;
}

function refusedWish(settings: VipSettings, memory: VipMemory, facts: VipFacts, node: string): VipDecision {
  const unfit = whyUnfit(settings, { facts, misses: memory.misses }, node);
  const places = foreignOf(facts);
  const why = places.length > 0 ? whyForeign(places) : `${node} ${unfit ?? "is not fit to hold the address now"}`;
  return { memory: { ...memory, wish: null }, orders: [], events: [{ type: "vip.move-refused", node, error: why }] };
}

function holdsIt(seen: CandidateFacts | undefined): boolean {
  return seen?.state === "answers" && seen.holds !== null;
}

function without<T>(record: Readonly<Record<string, T>>, node: string): Readonly<Record<string, T>> {
  return Object.fromEntries(Object.entries(record).filter(([other]) => other !== node));
}

function keepSince(
  before: Readonly<Record<string, number>>,
  well: ReadonlySet<string>,
  now: number,
): Record<string, number> {
  return Object.fromEntries([...well].map((node) => [node, before[node] ?? now]));
}

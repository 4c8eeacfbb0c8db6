import type { VipDecision, VipEvent } from "./decide.ts";
import type { VipFacts, VipSettings } from "./facts.ts";
import { book, mayHave } from "./lease.ts";
import type { VipMemory } from "./memory.ts";

/**
 * The orders of a graceful stop in lease mode: the holder keeps the address without end, so that a planned stop of the
 * controller takes nothing down. The next start has to see it gone before anybody else gets it. Where that cannot be
 * ordered, and no other controller leads, it is told that the lease runs out.
 */
export function freeze(settings: VipSettings, memory: VipMemory, facts: VipFacts): VipDecision {
  const { holder } = memory;
  const nothing: VipDecision = { memory, orders: [], events: [] };
  if (settings.mode === "static" || holder === null || facts.authority.standby) return nothing;
  const untilItEnds = (why: string): VipDecision => ({
    ...nothing,
    events: [leaseRunsOut(settings, holder, why, "may end")],
  });
  const seen = facts.candidates[holder];
  if (seen?.state !== "answers") {
    const runsOut = memory.booked[holder] !== null && mayHave(settings, memory, { now: facts.at }).includes(holder);
    return runsOut ? untilItEnds(`${holder} cannot be asked to keep the address`) : nothing;
  }
  if (!seen.holds) return nothing;
  if (!facts.authority.leader) {
    // Another one may lead all the same, which they would not tell.
    return seen.holds.secondsLeft === null ? nothing : untilItEnds("too few nodes promise to obey this controller");
  }
  return {
    memory: book(memory, holder, null),
    orders: [{ do: "grant", node: holder, leaseMs: null, endsAt: null, announce: "once", fence: false }],
    events: [],
  };
}

/** What is told when a node's lease is not made to last, or may not be; `why` as words of a sentence. */
export function leaseRunsOut(
  { leaseMs }: VipSettings,
  node: string,
  why: string,
  how: "ends" | "may end" = "ends",
): VipEvent {
  const seconds = String(leaseMs / 1000);
  const error = `${why}: the lease of ${node} ${how} in ${seconds} s or less, and then nobody has the address until a daemon runs again`;
  return { type: "vip.lease-runs-out", node, error };
}

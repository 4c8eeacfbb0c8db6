import { safety } from "../safety.ts";
import type { VipFacts, VipSettings } from "./facts.ts";
import type { FailedOrders, VipMemory } from "./memory.ts";

/** A better candidate that was away gets the address back only after being well for so long … */
const preemptAfterMs = 3 * 60_000;
/** … and when it has not changed hands for so long. */
const preemptRestMs = 10 * 60_000;
/** Changes in this time make the next one wait. */
const flapWindowMs = 10 * 60_000;
const firstPauseMs = 30_000;
const longestPauseMs = 10 * 60_000;
/** Renewals that a holder may fail to take in a row while another candidate has failed in nothing. */
const failuresAllowed = 1;

/**
 * Who should hold the address: what somebody wants by hand; else the present holder while it is well; else the first
 * candidate that is well, in the order of the rows. When none is, the holder stays what it is: a fault that all have
 * must not take the address from everybody. Who did not take it when it was ordered to is passed over for a while.
 */
export function elect(
  { mode, candidates, preempt }: VipSettings,
  memory: Pick<VipMemory, "holder" | "wish" | "wellSince" | "changes" | "failed">,
  { well, facts }: { readonly well: ReadonlySet<string>; readonly facts: VipFacts },
): string | null {
  const { holder, wish } = memory;
  const now = facts.at;
  const order = candidates.map(({ node }) => node);
  if (wish !== null && well.has(wish)) return wish;
  const best = bestOf(
    order.filter((node) => well.has(node)),
    memory.failed,
    now,
  );
  if (holder === null) return adopted(order, facts) ?? best;
  if (best === null) return holder;
  // Damping never prolongs an outage: it is for a holder that goes on serving.
  const serves = holdsNow(facts, holder);
  const passedOver = (node: string): boolean => isPassedOver(memory.failed[node], now);
  if (!serves && passedOver(holder)) return best;
  // A static address that is there serves, whatever its node refuses; a lease that is not renewed ends.
  const failures = memory.failed[holder]?.count ?? 0;
  const loses = serves && mode === "lease" && failures > failuresAllowed && !passedOver(best);
  if (well.has(holder) && !loses) {
    const sinceBest = memory.wellSince[best];
    const rested = now - (memory.changes.at(-1) ?? -Infinity) >= preemptRestMs;
    const untried = memory.failed[best] === undefined;
    const better =
      preempt && untried && best !== holder && sinceBest !== undefined && now - sinceBest >= preemptAfterMs;
    return better && rested ? best : holder;
  }
  if (serves && !loses && now - (memory.changes.at(-1) ?? -Infinity) < pauseAfter(memory.changes, now)) return holder;
  return best;
}

/** The first that is not passed over; else the one whose turn was longest ago. */
function bestOf(fit: readonly string[], failed: VipMemory["failed"], now: number): string | null {
  const free = fit.find((node) => !isPassedOver(failed[node], now));
  const [longestAgo = null] = [...fit].sort((a, b) => (failed[a]?.at ?? 0) - (failed[b]?.at ?? 0));
  return free ?? longestAgo;
}

function isPassedOver(failed: FailedOrders | undefined, now: number): boolean {
  if (!failed || !safety["pass-over"]) return false;
  return now - failed.at < Math.min(firstPauseMs * 2 ** (failed.count - 1), longestPauseMs);
}

/** A controller that has just started takes over what it finds. */
function adopted(order: readonly string[], facts: VipFacts): string | undefined {
  return order.find((node) => holdsNow(facts, node));
}

function holdsNow({ candidates }: VipFacts, node: string): boolean {
  const seen = candidates[node];
  return seen?.state === "answers" && seen.holds !== null;
}

/** None after a first change, then half a minute, doubled with each further one within ten minutes. */
function pauseAfter(changes: readonly number[], now: number): number {
  const recent = changes.filter((at) => now - at <= flapWindowMs).length;
  return recent < 2 ? 0 : Math.min(firstPauseMs * 2 ** (recent - 2), longestPauseMs);
}

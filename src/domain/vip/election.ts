import type { VipFacts, VipSettings } from "./facts.ts";
import type { VipMemory } from "./memory.ts";

/** A better candidate that was away gets the address back only after being well for so long … */
const preemptAfterMs = 3 * 60_000;
/** … and when it has not changed hands for so long. */
const preemptRestMs = 10 * 60_000;
/** Changes in this time make the next one wait. */
const flapWindowMs = 10 * 60_000;
const firstPauseMs = 30_000;
const longestPauseMs = 10 * 60_000;

/**
 * Who should hold the address: what somebody wants by hand; else the present holder while it is well; else the first
 * candidate that is well, in the order of the rows. When none is, the holder stays what it is: a fault that all have
 * must not take the address from everybody.
 */
export function elect(
  { candidates, preempt }: VipSettings,
  memory: Pick<VipMemory, "holder" | "wish" | "wellSince" | "changes">,
  { well, facts }: { readonly well: ReadonlySet<string>; readonly facts: VipFacts },
): string | null {
  const { holder, wish } = memory;
  const now = facts.at;
  const order = candidates.map(({ node }) => node);
  if (wish !== null && well.has(wish)) return wish;
  const best = order.find((node) => well.has(node)) ?? null;
  if (holder === null) return adopted(order, facts) ?? best;
  if (best === null) return holder;
  // Damping never prolongs an outage: it is for a holder that goes on serving.
  const serves = holdsNow(facts, holder);
  if (well.has(holder)) {
    const sinceBest = memory.wellSince[best];
    const rested = now - (memory.changes.at(-1) ?? -Infinity) >= preemptRestMs;
    const better = preempt && best !== holder && sinceBest !== undefined && now - sinceBest >= preemptAfterMs;
    return better && rested ? best : holder;
  }
  if (serves && now - (memory.changes.at(-1) ?? -Infinity) < pauseAfter(memory.changes, now)) return holder;
  return best;
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

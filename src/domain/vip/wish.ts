import type { ErrorCode } from "../errors.ts";
import type { VipEvent } from "./decide.ts";
import { holdersOf, type VipFacts, type VipSettings } from "./facts.ts";
import { whyUnfit } from "./health.ts";
import { mayHave } from "./lease.ts";
import type { VipMemory, VipWish } from "./memory.ts";

/** How far a wish has come true. */
export type WishAnswer =
  | { readonly state: "done" }
  | { readonly state: "waiting"; readonly why: string }
  | { readonly state: "refused"; readonly code: ErrorCode; readonly why: string };

/** What a tick came to, as far as somebody waits for it who wished something. */
export interface TickEnd {
  readonly memory: VipMemory;
  /** As it was found. */
  readonly seen: VipFacts;
  /** After its orders, as far as they were confirmed. */
  readonly facts: VipFacts;
  readonly events: readonly VipEvent[];
}

/** What became of a wish in a tick. */
export function answerWish(
  settings: Pick<VipSettings, "leaseMs">,
  wish: VipWish,
  { memory, facts, events }: Omit<TickEnd, "seen">,
): WishAnswer {
  if (!facts.authority.leader) {
    return {
      state: "refused",
      code: "superseded",
      why: "another daemon leads this cluster, or too few nodes answer to know that none does",
    };
  }
  return wish === "release" ? answerRelease(settings, memory, facts) : answerMove(wish.to, { memory, facts, events });
}

function answerMove(to: string, { memory, facts, events }: Omit<TickEnd, "seen">): WishAnswer {
  if (memory.wish === to) return { state: "waiting", why: memory.told };
  const refusal = events.find(({ type }) => type === "vip.move-refused");
  if (refusal) return { state: "refused", code: "move-failed", why: refusal.error ?? "" };
  if (memory.holder !== to) return { state: "refused", code: "move-failed", why: "it was ordered elsewhere meanwhile" };
  if (holdersOf(facts).includes(to)) return { state: "done" };
  return { state: "waiting", why: `${to} has not confirmed yet that it has the address` };
}

function answerRelease(settings: Pick<VipSettings, "leaseMs">, memory: VipMemory, facts: VipFacts): WishAnswer {
  if (!memory.released) return { state: "refused", code: "move-failed", why: "it was ordered elsewhere meanwhile" };
  const holders = holdersOf(facts);
  if (holders.length > 0)
    return { state: "waiting", why: `${holders.join(", ")} has not confirmed yet that it is gone` };
  const unknown = mayHave(settings, memory, { now: facts.at }).filter(
    (node) => facts.candidates[node]?.state !== "answers",
  );
  if (unknown.length === 0) return { state: "done" };
  return { state: "waiting", why: `${unknown.join(", ")} does not answer, and may have the address still` };
}

/** What would be done for a wish, a sentence a step; or why it would be refused. */
export function rehearse(
  settings: VipSettings,
  wish: VipWish,
  facts: Pick<VipFacts, "candidates">,
): { readonly steps: readonly string[] } | { readonly refused: string } {
  const holders = holdersOf(facts);
  const keeps = wish === "release" ? undefined : wish.to;
  const removals = holders.filter((node) => node !== keeps).map((node) => `take it from ${node}`);
  if (wish === "release") return { steps: removals };
  const unfit = whyUnfit(settings, { facts, misses: {} }, wish.to);
  if (unfit !== undefined) return { refused: `${wish.to} ${unfit}` };
  return { steps: holders.includes(wish.to) ? removals : [...removals, `give it to ${wish.to}`] };
}

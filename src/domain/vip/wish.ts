import type { ErrorCode } from "../errors.ts";
import { type VipEvent, whyForeign } from "./decide.ts";
import { foreignOf, holdersOf, type VipFacts, type VipSettings } from "./facts.ts";
import { remarkOn, whyUnfit } from "./health.ts";
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
  settings: Pick<VipSettings, "mode" | "leaseMs">,
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
  if (holdersOf(facts).includes(to) && memory.holder === to) return { state: "done" };
  const failed = memory.failed[to];
  if (failed) return { state: "refused", code: "move-failed", why: `${to} did not take it: ${failed.why}` };
  if (memory.holder !== to) return { state: "refused", code: "move-failed", why: "it was ordered elsewhere meanwhile" };
  return { state: "waiting", why: `${to} has not confirmed yet that it has the address` };
}

function answerRelease(
  settings: Pick<VipSettings, "mode" | "leaseMs">,
  memory: VipMemory,
  facts: VipFacts,
): WishAnswer {
  if (!memory.released) return { state: "refused", code: "move-failed", why: "it was ordered elsewhere meanwhile" };
  const holders = holdersOf(facts);
  if (holders.length > 0)
    return { state: "waiting", why: `${holders.join(", ")} has not confirmed yet that it is gone` };
  const unknown = mayHave(settings, memory, { now: facts.at }).filter(
    (node) => facts.candidates[node]?.state !== "answers",
  );
  // Of a static address the network is asked, which is as much as can be known of it.
  const isGone = settings.mode === "static" && facts.stillAnswered === false;
  if (unknown.length === 0 || isGone) return { state: "done" };
  return { state: "waiting", why: `${unknown.join(", ")} does not answer, and may have the address still` };
}

/** What would be done for a wish, a sentence a step; or why it would be refused. */
export function rehearse(
  settings: VipSettings,
  wish: VipWish,
  facts: Pick<VipFacts, "candidates" | "others">,
): { readonly steps: readonly string[] } | { readonly refused: string } {
  const holders = holdersOf(facts);
  const keeps = wish === "release" ? undefined : wish.to;
  const removals = holders.filter((node) => node !== keeps).map((node) => `take it from ${node}`);
  if (wish === "release") return { steps: removals };
  const unfit = whyUnfit(settings, { facts, misses: {} }, wish.to);
  if (holders.includes(wish.to)) return { steps: removals };
  const places = foreignOf(facts);
  if (places.length > 0) return { refused: whyForeign(places) };
  if (unfit !== undefined) return { refused: `${wish.to} ${unfit}` };
  const seen = facts.candidates[wish.to];
  const remark = seen?.state === "answers" ? remarkOn(settings.ip, seen) : undefined;
  return { steps: [...removals, `give it to ${wish.to}${remark === undefined ? "" : ` (${remark})`}`] };
}

import { safety } from "../safety.ts";
import type { VipSettings } from "./facts.ts";
import type { VipMemory } from "./memory.ts";

/**
 * What a grant elsewhere waits for after the booked end. Kernels were seen to end an address's life up to 0.5 s late after
 * 10 s or less, and up to 2.03 s late after more.
 */
export function marginMs(leaseMs: number): number {
  return leaseMs <= 10_000 ? 4000 : 5000;
}

/** A lease shorter than this is not worth the trouble: it would end while it is renewed. */
export const shortestLeaseMs = 2000;

/** The nodes that may have the address still, by what is booked. */
export function mayHave(
  { leaseMs }: Pick<VipSettings, "leaseMs">,
  memory: VipMemory,
  { butFor, now }: { readonly butFor?: string; readonly now: number },
): readonly string[] {
  const margin = safety["lease-margin"] ? marginMs(leaseMs) : 0;
  return Object.entries(memory.booked)
    .filter(([node, end]) => node !== butFor && (end === null || now <= end + margin))
    .map(([node]) => node);
}

/** Enters that a node may have the address until `end` (null: for ever). What is booked is never shortened by this. */
export function book(memory: VipMemory, node: string, end: number | null): VipMemory {
  const known = memory.booked[node];
  const later = known === null || end === null ? null : Math.max(known ?? -Infinity, end);
  return { ...memory, booked: { ...memory.booked, [node]: later } };
}

/**
 * Without the nodes that are no longer in the config: what has no end there is gone for good, says who took them out. A
 * lease that was given ends first.
 */
export function withoutGone(memory: VipMemory, nodes: readonly string[]): VipMemory {
  const booked = Object.entries(memory.booked).filter(([node, end]) => end !== null || nodes.includes(node));
  return { ...memory, booked: Object.fromEntries(booked) };
}

/** A grant without an end is refused by its node after three seconds; a clock and a slow machine are in this. */
const endlessGrantMs = 8000;

/**
 * Whether a node cannot have the address, nor get it by anything that was sent: it answers, and has been seen without
 * it for longer than a grant can be under way. For nodes that can be told nothing, and would stand in the way for good.
 */
export function isWithout(
  { mode, leaseMs }: Pick<VipSettings, "mode" | "leaseMs">,
  { withoutSince }: Pick<VipMemory, "withoutSince">,
  { node, now }: { readonly node: string; readonly now: number },
): boolean {
  const since = withoutSince[node];
  return since !== undefined && now - since > (mode === "lease" ? leaseMs + marginMs(leaseMs) : endlessGrantMs);
}

/** What was booked before an order that was not carried out; undefined: nothing. */
export function rebook(memory: VipMemory, node: string, end: number | null | undefined): VipMemory {
  return end === undefined ? unbook(memory, node) : { ...memory, booked: { ...memory.booked, [node]: end } };
}

/** Enters that a node certainly does not have the address and cannot get it by anything that was sent before. */
export function unbook(memory: VipMemory, node: string): VipMemory {
  return {
    ...memory,
    booked: Object.fromEntries(Object.entries(memory.booked).filter(([other]) => other !== node)),
  };
}

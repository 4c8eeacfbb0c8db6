import { safety } from "../safety.ts";
import type { VipMemory } from "./memory.ts";

/** Kernels were seen to end an address's life 2.03 s late; a grant elsewhere waits for so long after the booked end. */
const lateKernelMs = 5000;

/** A lease shorter than this is not worth the trouble: it would end while it is renewed. */
export const shortestLeaseMs = 2000;

/** The other nodes that may have the address still, by what is booked. */
export function mayHave(memory: VipMemory, butFor: string, now: number): readonly string[] {
  const marginMs = safety["lease-margin"] ? lateKernelMs : 0;
  return Object.entries(memory.booked)
    .filter(([node, end]) => node !== butFor && (end === null || now <= end + marginMs))
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

/** Enters that a node certainly does not have the address and cannot get it by anything that was sent before. */
export function unbook(memory: VipMemory, node: string): VipMemory {
  return {
    ...memory,
    booked: Object.fromEntries(Object.entries(memory.booked).filter(([other]) => other !== node)),
  };
}

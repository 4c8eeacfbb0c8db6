import { type Interval, holdsAt, intersect, overlaps, subtract, union } from "../intervals.ts";
import { blocked, byHand, type Picture } from "../picture.ts";
import type { Rule, VipLimits } from "./violation.ts";

/**
 * Never two nodes with the address. In lease mode at no instant at all; in static mode an isolated node may keep it
 * while nobody can reach it, and for a moment after. What a test adds by hand is to be removed as fast.
 */
export const twoHolders: Rule = (picture, { vip }) => {
  if (vip === undefined) return [];
  return overlaps([...picture.holders.values()], 2).flatMap((span) => {
    const nodes = [...picture.holders].filter(([, list]) => intersect(list, [span]).length > 0).map(([node]) => node);
    return subtract([span], excused(picture, vip, nodes)).map(({ from, to }) => ({
      rule: "two-holders",
      at: from,
      durationMs: to - from,
      what: `${nodes.join(" and ")} both had the virtual address`,
    }));
  });
};

/** Nobody on the network gets answers from two machines to one question. */
export const twoAnswers: Rule = (picture, { vip }) => {
  if (vip === undefined) return [];
  const replies = picture.entries.filter((entry) => entry.kind === "arp");
  const macs = [...new Set(replies.map(({ mac }) => mac))];
  // Answers to one question come within this many milliseconds; questions are further apart.
  const window = 100;
  const answering = macs.map((mac) =>
    union(replies.filter((reply) => reply.mac === mac).map(({ at }) => ({ from: at, to: at + window }))),
  );
  const allowed = excused(picture, vip, [...picture.holders.keys()]);
  return overlaps(answering, 2)
    .filter(({ from }) => !holdsAt(allowed, from))
    .map((span) => ({
      rule: "two-answers",
      at: span.from,
      what: `${macs.filter((_, index) => intersect(answering[index] ?? [], [span]).length > 0).join(" and ")} answered for it`,
    }));
};

/** The address is a network of its own, and in lease mode it has an end. */
export const form: Rule = (picture, { vip }) => {
  if (vip === undefined) return [];
  const frozen = picture.marks.filter(({ mark }) => mark === "frozen");
  return picture.addresses
    .filter(({ at, change, node }) => change === "set" && !holdsAt(byHand(picture, node), at))
    .flatMap(({ at, node, address, validSeconds }) => {
      const found: string[] = [];
      if (!/\/(32|128)$/.test(address)) found.push(`${node} got ${address}`);
      const longest = vip.leaseSeconds ?? Infinity;
      if (vip.mode === "lease" && (validSeconds ?? Infinity) > longest && !holdsAt(frozen, at)) {
        found.push(`${node} got ${address} ${validSeconds === null ? "for ever" : `for ${validSeconds} s`}`);
      }
      return found.map((what) => ({ rule: "address-form", at, what }));
    });
};

function excused(picture: Picture, vip: VipLimits, nodes: readonly string[]): Interval[] {
  const later = (list: readonly Interval[]): Interval[] =>
    list.map(({ from, to }) => ({ from, to: to + vip.twoHoldersMs }));
  const hands = nodes.flatMap((node) => later(byHand(picture, node)));
  return union(vip.mode === "lease" ? hands : [...hands, ...later(blocked(picture, [...nodes, "controller"]))]);
}

/** Numbers about the virtual address: how long it changed hands for, how soon a client was served again. Pure. */
import { holdsAt, type Interval, intersect, overlaps, total } from "../intervals.ts";
import { outages } from "../measures.ts";
import { blocked, byHand, type Picture } from "../picture.ts";

/** A node got the virtual address. */
export interface Grant {
  readonly at: number;
  readonly node: string;
}

/** Every beginning of a node's having the address, the earliest first; what a test did by hand is left out. */
export function grants(picture: Picture): Grant[] {
  return [...picture.holders]
    .flatMap(([node, spans]) => spans.map(({ from }) => ({ at: from, node })))
    .filter(({ at, node }) => !holdsAt(byHand(picture, node), at))
    .sort((a, b) => a.at - b.at);
}

/**
 * Milliseconds from each grant until its node's first answer reached the client, which asks every 250 ms. Left out are
 * grants whose node lost the address or broke within a second: nobody can be served by those.
 */
export function recoveries(picture: Picture): number[] {
  const answers = picture.entries
    .flatMap((entry) => (entry.kind === "probe" && entry.ok ? [{ at: entry.at + entry.tookMs, by: entry.by }] : []))
    .sort((a, b) => a.at - b.at);
  return grants(picture).flatMap(({ at, node }) => {
    const needed = { from: at, to: at + 1000 };
    const could = total(intersect(picture.holders.get(node) ?? [], [needed])) >= 1000;
    if (!could || needed.to > picture.end || intersect(blocked(picture, [node]), [needed]).length > 0) return [];
    const first = answers.find((answer) => answer.at >= at && answer.by === node);
    return [(first?.at ?? picture.end) - at];
  });
}

/** Milliseconds for which the client's answers were overdue in a span. */
export function lostMs(picture: Picture, span: Interval): number {
  return outages(picture)
    .filter(({ from, to }) => from < span.to && to > span.from)
    .reduce((sum, { durationMs }) => sum + durationMs, 0);
}

/** When at least two nodes had the address, whatever was broken and whoever did it. */
export function doubleHeld(picture: Picture): Interval[] {
  return overlaps([...picture.holders.values()], 2);
}

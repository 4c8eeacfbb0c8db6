import type { Placement } from "../config/types.ts";
import { sharesOf } from "./shares.ts";

/** The containers on the same node that one has something of, and that are among `all`. */
function sources(placement: Placement, all: readonly Placement[]): readonly Placement[] {
  const names = new Set(sharesOf(placement.args).map(({ from }) => from));
  return all.filter((each) => each.node === placement.node && each !== placement && names.has(each.container));
}

/** In turns: what a container has something of (its network, its volumes) is in an earlier one. A circle is one turn. */
export function inTurns(placements: readonly Placement[]): readonly (readonly Placement[])[] {
  const turns: Placement[][] = [];
  let left = placements;
  while (left.length > 0) {
    const waiting = left;
    const free = waiting.filter((each) => sources(each, waiting).length === 0);
    const turn = free.length > 0 ? free : waiting;
    turns.push([...turn]);
    left = waiting.filter((each) => !turn.includes(each));
  }
  return turns;
}

/** Those of `all` that are not chosen and have something of one that is, or of one that has, and so on. */
export function dependentsOf(all: readonly Placement[], chosen: readonly Placement[]): readonly Placement[] {
  const found = new Set<Placement>();
  for (let known = chosen; known.length > 0;) {
    const next = all.filter((each) => !chosen.includes(each) && !found.has(each) && sources(each, known).length > 0);
    for (const each of next) found.add(each);
    known = next;
  }
  return [...found];
}

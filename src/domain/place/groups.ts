import type { Placement } from "../config/types.ts";
import { sharesOf } from "../container/shares.ts";

/** The containers that it comes after, as its entry says, or since it has their network, volumes and the like. */
export function sourcesOf({ after = [], args }: Pick<Placement, "after" | "args">): readonly string[] {
  return [...new Set([...after, ...sharesOf(args).map(({ from }) => from)])];
}

/**
 * Of those that nothing is known of, or nothing can be done about, the one that a placement comes after: any copy of what stands
 * in its `after`; of what it shares, the one on its own node.
 */
export function missingSource(
  { after = [], args, node }: Pick<Placement, "after" | "args" | "node">,
  lost: readonly Placement[],
): Placement | undefined {
  const shared = sharesOf(args).map(({ from }) => from);
  return lost.find((each) => after.includes(each.container) || (each.node === node && shared.includes(each.container)));
}

/** As the end of a sentence. */
export function comesAfterLost({ container, node }: Placement): string {
  return `it comes after ${container}, and nothing says that ${container} works on ${node}`;
}

/**
 * Placements by what has to know of each other: the copies of a container, what it comes after, and whose name it takes over.
 * What is in different groups waits for nothing of each other. In the order of the placements.
 */
export function groupsOf(placements: readonly Placement[]): readonly (readonly Placement[])[] {
  const names = [...new Set(placements.map(({ container }) => container))];
  const heads = new Map(names.map((name) => [name, name]));
  const headOf = (name: string): string => {
    const head = heads.get(name);
    return head === undefined || head === name ? name : headOf(head);
  };
  for (const placement of placements) {
    const { container, renamedFrom } = placement;
    const others = [...sourcesOf(placement), ...(renamedFrom === undefined ? [] : [renamedFrom])];
    // A name that nobody has in hand joins those that take it over.
    for (const other of others) heads.set(headOf(other), headOf(container));
  }
  const groups = new Map<string, Placement[]>();
  for (const each of placements) {
    const head = headOf(each.container);
    groups.set(head, [...(groups.get(head) ?? []), each]);
  }
  return [...groups.values()];
}

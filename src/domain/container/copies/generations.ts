import type { Config } from "../../config/types.ts";
import type { ContainerFacts } from "../../docker/facts.ts";
import { believedGeneration, generationOf } from "./ownership.ts";

/** What a controller knows of the generations of copies, over restarts. */
export interface Generations {
  /** The greatest one given or seen. */
  readonly last: number;
  /**
   * By container, the greatest one that its layout has placed: of a copy that it made there, or saw there. A layout that is
   * read after that is not older than such a copy.
   */
  readonly placed: Readonly<Record<string, number>>;
  /** The greatest one that is believed (`latestBelieved`); missing: any is. */
  readonly latest?: number;
}

export const noGenerations: Generations = { last: 0, placed: {} };

/** The greatest generation of the container that the layout has placed; 0 when it never has. */
export function placedOf({ placed }: Generations, container: string): number {
  return Object.hasOwn(placed, container) ? (placed[container] ?? 0) : 0;
}

/** After a copy of the container was given this generation, or seen with it where the layout has it. */
export function withPlaced(known: Generations, container: string, generation: number): Generations {
  if (generation <= placedOf(known, container)) return known;
  return { last: Math.max(known.last, generation), placed: { ...known.placed, [container]: generation } };
}

/** After copies of ours were seen on a node, none of them beyond `latest`; the same object where they tell nothing new. */
export function withSeen(
  known: Generations,
  { placements }: Pick<Config, "placements">,
  seen: { readonly node: string; readonly copies: readonly ContainerFacts[]; readonly latest: number },
): Generations {
  const { node, latest } = seen;
  const copies = seen.copies.filter((each) => believedGeneration(each, latest) !== undefined);
  const last = Math.max(known.last, ...copies.map(generationOf));
  return copies
    .filter(({ name }) => placements.some((each) => each.container === name && each.node === node))
    .reduce(
      (all, copy) => withPlaced(all, copy.name, generationOf(copy)),
      last > known.last ? { ...known, last } : known,
    );
}

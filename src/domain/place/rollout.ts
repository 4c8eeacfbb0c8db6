import type { Placement, UpdateSettings } from "../config/types.ts";

/** One container to be put in place, as far as the order is concerned. */
export interface InOrder {
  readonly placement: Placement;
  /** A copy of it serves now, and will not for a while if this goes wrong. */
  readonly disturbs: boolean;
}

/** All copies of one container; each batch begins when the one before has come about. */
export interface Wave<Item extends InOrder> {
  readonly container: string;
  /** The waves that must have come about before: those of its `after` that are in hand, too. */
  readonly after: readonly string[];
  readonly batches: readonly (readonly Item[])[];
}

/**
 * The order in which containers are put in place. Different ones go side by side. Of one, what disturbs nothing goes
 * first and at once, since what is wrong with a version shows there; then `update.at_once` of those that serve.
 */
export function planRollout<Item extends InOrder>(
  items: readonly Item[],
  /** The whole layout, of which a share is taken. */
  placements: readonly Placement[],
): readonly Wave<Item>[] {
  const names = [...new Set(items.map(({ placement }) => placement.container))];
  return names.map((container) => {
    const own = items.filter(({ placement }) => placement.container === container);
    const harmless = own.filter(({ disturbs }) => !disturbs);
    const disturbing = own.filter(({ disturbs }) => disturbs);
    const copies = placements.filter((each) => each.container === container).length;
    const size = Math.min(...own.map(({ placement }) => atOnce(placement.update, copies)));
    return {
      container,
      after: [...new Set(own.flatMap(({ placement }) => placement.after ?? []))].filter((name) => names.includes(name)),
      batches: [...(harmless.length > 0 ? [harmless] : []), ...chunks(disturbing, size)],
    };
  });
}

function atOnce({ atOnce = 1 }: UpdateSettings = {}, copies: number): number {
  return typeof atOnce === "number" ? atOnce : Math.max(1, Math.floor((copies * atOnce.percent) / 100));
}

function chunks<T>(items: readonly T[], size: number): readonly (readonly T[])[] {
  const count = Math.ceil(items.length / size);
  return Array.from({ length: count }, (_, index) => items.slice(index * size, (index + 1) * size));
}

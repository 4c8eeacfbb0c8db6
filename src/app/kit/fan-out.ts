import pMap from "p-map";
import { type Failure, PictlError, toFailure } from "../../domain/errors.ts";
import type { Ports } from "../ports.ts";

/** What came of many independent pieces of work: the results of those that ended well, a failure for each other. */
export interface FanOut<T> {
  readonly results: readonly T[];
  readonly failures: readonly Failure[];
}

/**
 * Works on all items at once (at most `ports.concurrency`), in no order; results keep the order of the items.
 * One item's failure never stops the others. After an abort no new item is begun: those become `interrupted`.
 */
export async function fanOut<Item, T>(
  ports: Pick<Ports, "concurrency" | "signal">,
  items: readonly Item[],
  options: { place: (item: Item) => { node?: string; container?: string }; work: (item: Item) => Promise<T> },
): Promise<FanOut<T>> {
  const outcomes = await pMap(
    items,
    async (item) => {
      try {
        if (ports.signal.aborted) throw new PictlError("interrupted", "Not begun, because of the interruption.");
        return { ok: true as const, value: await options.work(item) };
      } catch (error) {
        return { ok: false as const, failure: toFailure(error, options.place(item)) };
      }
    },
    { concurrency: ports.concurrency },
  );
  return {
    results: outcomes.flatMap((outcome) => (outcome.ok ? [outcome.value] : [])),
    failures: outcomes.flatMap((outcome) => (outcome.ok ? [] : [outcome.failure])),
  };
}

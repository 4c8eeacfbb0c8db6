import pMap from "p-map";
import { type Failure, PictlError, toFailure } from "../../domain/errors.ts";
import type { Clock, Ports } from "../ports.ts";

/** What came of many independent pieces of work: the results of those that ended well, a failure for each other. */
export interface FanOut<T> {
  readonly results: readonly T[];
  readonly failures: readonly Failure[];
}

/** So long nothing more may have come before what is there is told. */
export const earlyAfterMs = 4000;

/** Who is told of what is there already while others are awaited; once, and only where some have ended and some have not. */
export interface Early<Item, T> {
  readonly clock: Clock;
  readonly tell: (results: readonly T[], awaited: readonly Item[]) => void;
}

/**
 * Works on all items at once (at most `ports.concurrency`), in no order; results keep the order of the items.
 * One item's failure never stops the others. After an abort no new item is begun: those become `interrupted`.
 */
export async function fanOut<Item, T>(
  ports: Pick<Ports, "concurrency" | "signal">,
  items: readonly Item[],
  options: {
    place: (item: Item) => { node?: string; container?: string };
    work: (item: Item) => Promise<T>;
    early?: Early<Item, T> | undefined;
  },
): Promise<FanOut<T>> {
  const impatience = options.early && openImpatience(items, options.early);
  const work = async (item: Item, index: number): Promise<T> => {
    const value = await options.work(item);
    impatience?.came(index, value);
    return value;
  };
  const outcomes = await pMap(
    items,
    async (item, index) => {
      try {
        if (ports.signal.aborted) throw new PictlError("interrupted", "Not begun, because of the interruption.");
        return { ok: true as const, value: await work(item, index) };
      } catch (error) {
        impatience?.failed(index);
        return { ok: false as const, failure: toFailure(error, options.place(item)) };
      }
    },
    { concurrency: ports.concurrency },
  );
  impatience?.end();
  return {
    results: outcomes.flatMap((outcome) => (outcome.ok ? [outcome.value] : [])),
    failures: outcomes.flatMap((outcome) => (outcome.ok ? [] : [outcome.failure])),
  };
}

interface Impatience<T> {
  came(index: number, value: T): void;
  failed(index: number): void;
  end(): void;
}

function openImpatience<Item, T>(items: readonly Item[], { clock, tell }: Early<Item, T>): Impatience<T> {
  const came = new Map<number, T>();
  const failed = new Set<number>();
  let waiting: AbortController | undefined;
  let told = false;
  const again = (): void => {
    waiting?.abort();
    if (told) return;
    const own = (waiting = new AbortController());
    clock.sleep(earlyAfterMs, own.signal).then(
      () => {
        const awaited = items.filter((_, index) => !came.has(index) && !failed.has(index));
        const results = items.flatMap((_, index) => (came.has(index) ? [came.get(index) as T] : []));
        told = results.length > 0 && awaited.length > 0;
        if (told) tell(results, awaited);
      },
      () => undefined,
    );
  };
  return {
    came(index, value) {
      came.set(index, value);
      again();
    },
    failed(index) {
      failed.add(index);
    },
    end() {
      waiting?.abort();
    },
  };
}

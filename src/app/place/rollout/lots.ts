import type { Clock, Ports } from "../../ports.ts";

/** So long nothing more may have come before what is ready goes on without the rest. */
const quietMs = 1000;

/** Each lot holds a session of its own on its nodes for its locks, of the ten that an sshd gives. */
const mostLots = 3;

/**
 * Works on what is ready while the rest is awaited, so that nobody waits for what has nothing to do with it: all at once where all
 * comes soon, and in three lots at most, the last of which has all that is left. Rejects with what an item or the work rejects
 * with, when what has been begun has ended.
 */
export async function inLots<Item, T>(
  { clock }: Pick<Ports, "clock">,
  items: readonly Promise<Item>[],
  work: (lot: readonly Item[]) => Promise<T>,
): Promise<readonly T[]> {
  let missing = items.length;
  let ready: Item[] = [];
  let wake = (): void => undefined;
  const arrivals = items.map(async (item) => {
    try {
      const value = await item;
      ready.push(value);
    } finally {
      missing -= 1;
      wake();
    }
  });
  // Failures are told at the end, and heard from now on.
  const arrived = Promise.allSettled(arrivals);
  const arrival = (): Promise<void> =>
    new Promise((resolve) => {
      wake = resolve;
    });
  const lots: Promise<T>[] = [];
  const begin = (): void => {
    const lot = work(ready);
    lot.catch(() => undefined);
    lots.push(lot);
    ready = [];
  };
  while (missing > 0) {
    const mayBegin = ready.length > 0 && lots.length < mostLots - 1;
    const came = arrival();
    if (mayBegin ? await within(clock, came) : (await came, true)) continue;
    begin();
  }
  if (ready.length > 0) begin();
  await Promise.allSettled([arrived, ...lots]);
  await Promise.all(arrivals);
  return Promise.all(lots);
}

/** Whether something came before it was quiet for too long. */
async function within(clock: Clock, came: Promise<void>): Promise<boolean> {
  const enough = new AbortController();
  const quiet = clock.sleep(quietMs, enough.signal).then(() => false);
  const has = await Promise.race([came.then(() => true), quiet]);
  enough.abort();
  return has;
}

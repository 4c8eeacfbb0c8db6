import { type Failure, PictlError, toFailure } from "../../../domain/errors.ts";
import type { InOrder, Wave } from "../../../domain/place/rollout.ts";
import { type FanOut, fanOut } from "../../kit/fan-out.ts";
import type { Ports } from "../../ports.ts";

/**
 * Works on waves side by side, each after those it waits for, and on the batches of each one after the other. The first
 * failure of a wave stops it and what waits for it: the rest are failures that say that nothing was touched. `stopped`:
 * why a wave is not begun at all.
 */
export async function rollOut<Item extends InOrder, T>(
  ports: Pick<Ports, "concurrency" | "signal">,
  waves: readonly Wave<Item>[],
  {
    work,
    stopped,
    held = () => undefined,
  }: {
    readonly work: (item: Item) => Promise<T>;
    readonly stopped: (wave: Wave<Item>, item: Item) => string | undefined;
    /** Told of each item that is not begun, as soon as that is known. */
    readonly held?: (item: Item) => void;
  },
): Promise<FanOut<T>> {
  const ends = new Map<string, Promise<FanOut<T>>>();
  const endOf = async (container: string): Promise<FanOut<T>> => {
    const wave = waves.find((each) => each.container === container);
    if (!wave) return { results: [], failures: [] };
    const end = ends.get(container) ?? Promise.resolve().then(() => runWave(wave));
    ends.set(container, end);
    return end;
  };
  const runWave = async (wave: Wave<Item>): Promise<FanOut<T>> => {
    const before = await Promise.all(wave.after.map(async (name) => ({ name, end: await endOf(name) })));
    const lacking = before.find(({ end }) => end.failures.length > 0);
    const results: T[] = [];
    const failures: Failure[] = [];
    let why = lacking && `it comes after ${lacking.name}, which did not come up`;
    for (const batch of wave.batches) {
      const reasons = batch.map((item) => why ?? stopped(wave, item));
      const todo = batch.filter((_, index) => reasons[index] === undefined);
      batch.forEach((item, index) => {
        const reason = reasons[index];
        if (reason === undefined) return;
        failures.push(notTouched(item, reason));
        held(item);
      });
      const done = await fanOut(ports, todo, {
        place: ({ placement: { container, node } }) => ({ container, node }),
        work,
      });
      results.push(...done.results);
      failures.push(...done.failures);
      const [first] = done.failures;
      if (first) why ??= `the rollout stopped at ${wave.container}@${first.node ?? "?"}, which failed`;
    }
    return { results, failures };
  };
  const all = await Promise.all(waves.map(({ container }) => endOf(container)));
  return {
    results: all.flatMap((each) => each.results),
    failures: all.flatMap((each) => each.failures),
  };
}

function notTouched({ placement }: InOrder, reason: string): Failure {
  return toFailure(rolloutStopped(placement, reason));
}

/** `reason`: what keeps it from being begun, as the end of a sentence. */
export function rolloutStopped(
  { container, node }: { readonly container: string; readonly node: string },
  reason: string,
): PictlError {
  return new PictlError("rollout-stopped", `Not touched: ${reason}.`, {
    container,
    node,
    hint: "When that is put right, say it again: what is done stays.",
  });
}

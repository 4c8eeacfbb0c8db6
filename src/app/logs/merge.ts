import type { LogRecord } from "../../domain/docker/facts.ts";
import { LogMerge } from "../../domain/logs/merge.ts";
import type { Clock } from "../ports.ts";

export interface MergeLogsOptions<R extends LogRecord> {
  readonly sources: readonly (() => AsyncIterable<R>)[];
  /** See LogMerge. */
  readonly windowMs: number;
  readonly clock: Clock;
  /** Gets the records in order; while a returned promise is pending, no more are read. */
  readonly onRecord: (source: number, record: R) => void | Promise<void>;
  /** A source came to its end, or failed with `error`. */
  readonly onEnd: (source: number, error: unknown) => void;
  /** There is nothing to hand on for the moment. */
  readonly onIdle: () => void | Promise<void>;
}

/** Reads all sources at once and hands their records on in the order of time, until every source has ended. */
export async function mergeLogs<R extends LogRecord>(options: MergeLogsOptions<R>): Promise<void> {
  const { sources, windowMs, clock } = options;
  const merge = new LogMerge<R>({ sources: sources.length, windowMs });
  const paused = new Map<number, () => void>();
  const alarm = new AlarmClock(clock);

  const pump = async (source: number, open: () => AsyncIterable<R>): Promise<void> => {
    let failure: unknown;
    try {
      for await (const record of open()) {
        merge.push(source, record, clock.monotonic());
        alarm.ring();
        if (!merge.hasRoom(source)) await new Promise<void>((resolve) => paused.set(source, resolve));
      }
    } catch (error) {
      failure = error;
    }
    merge.end(source);
    options.onEnd(source, failure);
    alarm.ring();
  };
  sources.forEach((open, source) => void pump(source, open));

  try {
    while (!merge.done) {
      const next = merge.take(clock.monotonic());
      if (next) {
        const handedOn = options.onRecord(next.source, next.record);
        if (handedOn) await handedOn;
        const resume = paused.get(next.source);
        if (resume && merge.hasRoom(next.source)) {
          paused.delete(next.source);
          resume();
        }
      } else {
        await options.onIdle();
        await alarm.rings(merge.waitMs(clock.monotonic()));
      }
    }
  } finally {
    alarm.off();
  }
}

/** Wakes one sleeper when it rings or when the time is up, with one timer at a time however often it rings. */
class AlarmClock {
  readonly #clock: Clock;
  readonly #over = new AbortController();
  #rung = false;
  #timing = false;
  #wake: (() => void) | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  ring(): void {
    this.#rung = true;
    this.#wake?.();
  }

  /** Resolves at the next ring, at once if it rang since the last time, and after `ms` at the latest. */
  async rings(ms: number): Promise<void> {
    if (!this.#rung) {
      if (ms !== Infinity && !this.#timing) this.#time(ms);
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      this.#wake = undefined;
    }
    this.#rung = false;
  }

  off(): void {
    this.#over.abort();
  }

  #time(ms: number): void {
    this.#timing = true;
    const ring = (): void => {
      this.#timing = false;
      this.ring();
    };
    this.#clock.sleep(ms, this.#over.signal).then(ring, () => undefined);
  }
}

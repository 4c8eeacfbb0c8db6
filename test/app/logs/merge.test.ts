import { expect, test } from "vitest";
import { systemClock } from "../../../src/adapters/clock/index.ts";
import { mergeLogs } from "../../../src/app/logs/merge.ts";
import type { Clock } from "../../../src/app/ports.ts";
import type { LogRecord } from "../../../src/domain/docker/facts.ts";

test("half a million records of ten sources in order, and each source never far ahead", async () => {
  const count = 50_000;
  const made = new Array<number>(10).fill(0);
  async function* source(index: number): AsyncGenerator<LogRecord> {
    for (let at = 0; at < count; at += 1) {
      made[index] = at;
      yield record(String(at * 10 + index).padStart(8, "0"));
    }
  }
  let seen = 0;
  let ahead = 0;
  await merge({
    sources: made.map((_, index) => () => source(index)),
    windowMs: Infinity,
    onRecord: (_, { time }) => {
      if (time !== String(seen).padStart(8, "0")) throw new Error(`record ${seen} is ${time}`);
      seen += 1;
      if (seen % 1000 === 0) ahead = Math.max(ahead, ...made.map((at) => at - seen / 10));
    },
  });
  expect(seen).toBe(10 * count);
  expect(ahead).toBeLessThan(100);
});

test("a source that fails is told, and the others go on", async () => {
  async function* broken(): AsyncGenerator<LogRecord> {
    yield record("2");
    throw new Error("gone");
  }
  const lines: string[] = [];
  const ends = new Map<number, unknown>();
  await merge({
    sources: [broken, () => records("1", "3")],
    windowMs: Infinity,
    onRecord: (_, { time }) => void lines.push(time),
    onEnd: (index, error) => void ends.set(index, error),
  });
  expect(lines).toEqual(["1", "2", "3"]);
  expect(ends).toEqual(
    new Map<number, unknown>([
      [0, new Error("gone")],
      [1, undefined],
    ]),
  );
});

test("a reader that is behind holds up the sources", async () => {
  let made = 0;
  async function* endless(): AsyncGenerator<LogRecord> {
    for (; made < 1_000_000; made += 1) yield record(String(made).padStart(8, "0"));
  }
  let release: () => void = () => undefined;
  const merging = merge({
    sources: [endless],
    windowMs: Infinity,
    onRecord: () => (made < 1_000_000 ? new Promise<void>((resolve) => (release = resolve)) : undefined),
  });
  await turns();
  expect(made).toBeLessThan(200);
  made = 1_000_000;
  release();
  await merging;
});

test("a silent source is waited for no longer than the window", async () => {
  const silence = held();
  async function* silent(): AsyncGenerator<LogRecord> {
    await silence.promise;
    yield record("9");
  }
  const lines: string[] = [];
  let idle = 0;
  await merge({
    sources: [silent, () => records("1")],
    windowMs: 20,
    onRecord: (_, { time }) => {
      lines.push(time);
      if (time === "1") silence.release();
    },
    onIdle: () => void (idle += 1),
  });
  expect(lines).toEqual(["1", "9"]);
  expect(idle).toBeGreaterThan(0);
});

test("one timer at a time waits for a silent source, however often others speak, and none at the end", async () => {
  const clock = new ClockByHand();
  const [second, third, over] = [held(), held(), held()];
  async function* speaking(): AsyncGenerator<LogRecord> {
    await turn();
    yield record("1");
    await second.promise;
    yield record("2");
    await third.promise;
    yield record("3");
  }
  const lines: string[] = [];
  let idle = 0;
  const merging = merge({
    ...{ sources: [() => silentUntil(over.promise), speaking], windowMs: 20, clock },
    onRecord: (_, { time }) => void lines.push(time),
    onIdle: () => {
      idle += 1;
      return turn();
    },
  });
  await turns();
  second.release();
  await turns();
  expect([clock.timers, lines]).toEqual([[20], []]);
  clock.ring();
  await turns();
  expect([clock.timers, lines]).toEqual([[], ["1", "2"]]);
  third.release();
  await turns();
  expect(clock.timers).toEqual([20]);
  expect(idle).toBeLessThan(10);
  // Its end leaves nothing to wait for.
  over.release();
  await merging;
  expect([clock.timers, lines]).toEqual([[], ["1", "2", "3"]]);
});

test("a source that ends while its silence is told is not waited for", async () => {
  const over = held();
  let ended = false;
  await merge({
    ...{ sources: [() => silentUntil(over.promise)], windowMs: Infinity },
    onRecord: () => undefined,
    onEnd: () => (ended = true),
    onIdle: () => {
      over.release();
      return turns();
    },
  });
  expect(ended).toBe(true);
});

/** Time passes when somebody says so. */
class ClockByHand implements Clock {
  #now = 0;
  readonly #timers = new Map<() => void, number>();

  /** In how many ms each would have rung. */
  get timers(): number[] {
    return [...this.#timers.values()];
  }

  now(): number {
    return this.#now;
  }

  monotonic(): number {
    return this.#now;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#timers.set(resolve, ms);
      signal?.addEventListener("abort", () => {
        this.#timers.delete(resolve);
        reject(new Error("aborted"));
      });
    });
  }

  ring(): void {
    for (const [ring, ms] of this.#timers) {
      this.#timers.delete(ring);
      this.#now += ms;
      ring();
    }
  }
}

function held() {
  let release: () => void = () => undefined;
  const promise = new Promise<void>((resolve) => (release = resolve));
  return { promise, release };
}

function silentUntil(over: Promise<void>): AsyncIterable<LogRecord> {
  return {
    [Symbol.asyncIterator]: () => ({ next: () => over.then(() => ({ done: true, value: undefined })) }),
  };
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Until nothing goes on by itself any more. */
async function turns(): Promise<void> {
  for (let count = 0; count < 20; count += 1) await turn();
}

function merge(
  options: Pick<Parameters<typeof mergeLogs>[0], "sources" | "windowMs" | "onRecord"> &
    Partial<Parameters<typeof mergeLogs>[0]>,
): Promise<void> {
  return mergeLogs({ clock: systemClock, onEnd: () => undefined, onIdle: () => undefined, ...options });
}

async function* records(...times: string[]): AsyncGenerator<LogRecord> {
  for (const time of times) yield record(time);
}

function record(time: string): LogRecord {
  return { time, stream: "stdout", line: "" };
}

import { expect, test } from "vitest";
import { systemClock } from "../../../src/adapters/clock/index.ts";
import { mergeLogs } from "../../../src/app/logs/merge.ts";
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
  for (let turns = 0; turns < 20; turns += 1) await new Promise((resolve) => setImmediate(resolve));
  expect(made).toBeLessThan(200);
  made = 1_000_000;
  release();
  await merging;
});

test("a silent source is waited for no longer than the window", async () => {
  let end: () => void = () => undefined;
  const silence = new Promise<void>((resolve) => (end = resolve));
  async function* silent(): AsyncGenerator<LogRecord> {
    await silence;
    yield record("9");
  }
  const lines: string[] = [];
  let idle = 0;
  await merge({
    sources: [silent, () => records("1")],
    windowMs: 20,
    onRecord: (_, { time }) => {
      lines.push(time);
      if (time === "1") end();
    },
    onIdle: () => void (idle += 1),
  });
  expect(lines).toEqual(["1", "9"]);
  expect(idle).toBeGreaterThan(0);
});

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

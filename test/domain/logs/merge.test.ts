import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { LogRecord } from "../../../src/domain/docker/facts.ts";
import { LogMerge } from "../../../src/domain/logs/merge.ts";

const record = (time: string, line = ""): LogRecord => ({ time, stream: "stdout", line });

describe("what lies in the past", () => {
  test("waits for every source, however long it is silent", () => {
    const merge = new LogMerge({ sources: 2, windowMs: Infinity });
    merge.push(0, record("2"), 0);
    expect(merge.take(1e9)).toBeUndefined();
    expect(merge.waitMs(1e9)).toBe(Infinity);
    merge.push(1, record("1"), 1e9);
    expect(times(merge, 1e9)).toEqual(["1"]);
    merge.end(1);
    expect(times(merge, 1e9)).toEqual(["2"]);
    expect(merge.done).toBe(false);
    merge.end(0);
    expect(merge.done).toBe(true);
  });

  test("sorted sources make one sorted log with nothing lost, in whatever turns they are read", () => {
    const source = fc.array(fc.integer({ min: 10, max: 99 }).map(String)).map((list) => list.sort());
    fc.assert(
      fc.property(fc.array(source, { maxLength: 12 }), fc.infiniteStream(fc.nat()), (sources, turns) => {
        const merge = new LogMerge({ sources: sources.length, windowMs: Infinity });
        const left = sources.map((list) => [...list]);
        const out: string[] = [];
        const open = new Set(sources.keys());
        while (open.size > 0) {
          const index = [...open][turns.next().value % open.size] ?? 0;
          const next = left[index]?.shift();
          if (next === undefined) {
            open.delete(index);
            merge.end(index);
          } else merge.push(index, record(next), 0);
          out.push(...times(merge, 0));
        }
        expect(merge.done).toBe(true);
        expect(out).toEqual(sources.flat().sort());
      }),
    );
  });

  test("a source's own order stays, even where its clock went back", () => {
    const merge = new LogMerge({ sources: 1, windowMs: Infinity });
    for (const time of ["3", "1", "2"]) merge.push(0, record(time), 0);
    expect(times(merge, 0)).toEqual(["3", "1", "2"]);
  });

  test("equal times come in the order of the sources", () => {
    const merge = new LogMerge({ sources: 3, windowMs: Infinity });
    for (const source of [2, 1, 0]) merge.push(source, record("1"), 0);
    for (const source of [0, 1, 2]) merge.end(source);
    expect([merge.take(0), merge.take(0), merge.take(0)].map((next) => next?.source)).toEqual([0, 1, 2]);
  });
});

describe("what is followed", () => {
  test("waits for the window and no longer", () => {
    const merge = new LogMerge({ sources: 2, windowMs: 100 });
    merge.push(0, record("2"), 1000);
    expect(merge.take(1050)).toBeUndefined();
    expect(merge.waitMs(1050)).toBe(50);
    merge.push(1, record("1"), 1060);
    // Both have said something: nothing earlier can come.
    expect(times(merge, 1060)).toEqual(["1"]);
    expect(times(merge, 1099)).toEqual([]);
    expect(times(merge, 1100)).toEqual(["2"]);
    expect(merge.waitMs(1100)).toBe(Infinity);
  });

  test("a backlog is not held up by a silent source", () => {
    const merge = new LogMerge({ sources: 2, windowMs: 100 });
    let pushed = 0;
    while (merge.hasRoom(0)) merge.push(0, record(String((pushed += 1))), 0);
    expect(times(merge, 0).length).toBeGreaterThan(pushed / 4);
    expect(merge.hasRoom(0)).toBe(true);
  });
});

test("a source that is ahead is told to wait, by records and by size", () => {
  const merge = new LogMerge({ sources: 2, windowMs: Infinity });
  let pushed = 0;
  for (; merge.hasRoom(0); pushed += 1) merge.push(0, record("1"), 0);
  expect(pushed).toBeLessThanOrEqual(64);
  for (pushed = 0; merge.hasRoom(1); pushed += 1) merge.push(1, record("2", "x".repeat(200_000)), 0);
  expect(pushed).toBe(2);
});

function times(merge: LogMerge<LogRecord>, nowMs: number): string[] {
  const out: string[] = [];
  for (let next = merge.take(nowMs); next; next = merge.take(nowMs)) out.push(next.record.time);
  return out;
}

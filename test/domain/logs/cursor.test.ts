import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { LogRecord } from "../../../src/domain/docker/facts.ts";
import { LogCursor } from "../../../src/domain/logs/cursor.ts";

/** `out 10.5 a`: a line "a" on stdout at 10.5 s after midnight. */
function record(text: string): LogRecord {
  const [stream = "", seconds = "", line = ""] = text.split(" ");
  return { time: stamp(Number(seconds) * 1e9), stream: stream === "out" ? "stdout" : "stderr", line };
}

function stamp(ns: number): string {
  const seconds = Math.floor(ns / 1e9);
  const fraction = String(Math.round(ns - seconds * 1e9)).padStart(9, "0");
  return `2026-11-24T00:${String(Math.floor(seconds / 60)).padStart(2, "0")}:${String(seconds % 60).padStart(2, "0")}.${fraction}Z`;
}

/** What Docker gives of a log from a moment on. */
function from(log: readonly LogRecord[], sinceMs: number | undefined): LogRecord[] {
  return log.filter(({ time }) => sinceMs === undefined || Date.parse(time) >= sinceMs);
}

function unread(cursor: LogCursor, given: readonly LogRecord[]): string[] {
  const isNew = cursor.resume();
  return given.filter((each) => isNew(each)).map(({ line }) => line);
}

describe("what is new in another reading", () => {
  test.each<[string, { read: string[]; given: string[]; fresh: string; whole?: boolean }]>([
    ["nothing read: all of it", { read: [], given: ["out 1 a", "err 1 b"], fresh: "ab" }],
    ["later lines", { read: ["out 1 a"], given: ["out 1 a", "out 2 b"], fresh: "b" }],
    [
      "lines of one time, counted",
      { read: ["out 1 a", "out 1 b"], given: ["out 1 a", "out 1 b", "out 1 c"], fresh: "c" },
    ],
    [
      "one time on both streams",
      { read: ["out 1 a", "err 1 b"], given: ["out 1 a", "err 1 b", "err 1 c", "out 1 d"], fresh: "cd" },
    ],
    ["a line of the other stream, written late", { read: ["out 2 b"], given: ["err 1.9 a", "out 2 b"], fresh: "a" }],
    [
      "one older than the last of all",
      { read: ["err 1 a", "out 2 b"], given: ["err 1 a", "out 2 b", "err 1.9 c"], fresh: "c" },
    ],
    ["the last line read is gone (rotated away)", { read: ["out 1 a"], given: ["out 5 b", "out 6 c"], fresh: "bc" }],
    [
      "the clock was set back after it",
      { read: ["out 50 a"], given: ["out 50 a", "out 20 b", "out 21 c"], fresh: "bc" },
    ],
    [
      "what came before an unwanted beginning ended",
      { whole: false, read: ["out 2 c"], given: ["err 1 a", "out 1 b", "out 2 c", "err 3 d"], fresh: "d" },
    ],
    [
      "an unwanted line of the first one's time",
      { whole: false, read: ["out 2 b"], given: ["out 2 a", "err 2 a", "out 2 b", "out 3 c"], fresh: "c" },
    ],
    [
      "lines of one time further on",
      { whole: false, read: ["out 2 a", "out 3 b"], given: ["out 2 a", "out 3 b", "out 3 c"], fresh: "c" },
    ],
  ])("%s", (_, { read, given, fresh, whole = true }) => {
    const cursor = new LogCursor({ whole });
    for (const each of read) cursor.pass(record(each));
    expect(unread(cursor, given.map(record)).join("")).toBe(fresh);
  });
});

test("a reading begins a little before the last line, and at the beginning when there is none", () => {
  const cursor = new LogCursor({ whole: false });
  expect(cursor.sinceMs).toBeUndefined();
  cursor.pass(record("out 30.1234567 a"));
  cursor.pass(record("err 10 b"));
  expect(cursor.sinceMs).toBe(Date.parse("2026-11-24T00:00:28.123Z"));
});

/** A log as Docker writes it: each stream in the order of time, a line up to `maxLateNs` behind the other stream's. */
function logs(maxLateNs: number): fc.Arbitrary<LogRecord[]> {
  const step = fc.record({
    stream: fc.constantFrom<LogRecord["stream"]>("stdout", "stderr"),
    // Often none at all: several lines of one moment.
    stepNs: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 999 }), fc.integer({ min: 1, max: 4e9 })),
    lateNs: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: maxLateNs })),
  });
  return fc.array(step, { minLength: 1, maxLength: 60 }).map((steps) => {
    let now = 60e9;
    const last = { stdout: 0, stderr: 0 };
    return steps.map(({ stream, stepNs, lateNs }, index): LogRecord => {
      now += stepNs;
      last[stream] = Math.max(last[stream], now - lateNs);
      return { stream, time: stamp(last[stream]), line: String(index) };
    });
  });
}

/** Readings that break off after so many lines each while the log grows, and a last one that is whole. */
const breaks = fc.array(fc.nat({ max: 30 }), { maxLength: 12 });

function readInPieces(
  cursor: LogCursor,
  log: readonly LogRecord[],
  lengths: readonly number[],
  there: number,
): string[] {
  const readings = lengths.map((length, index) => ({ length, there: there + index * 5 }));
  const seen: string[] = [];
  for (const reading of [...readings, { length: Infinity, there: Infinity }]) {
    const isNew = cursor.resume();
    for (const each of from(log.slice(0, reading.there), cursor.sinceMs).slice(0, reading.length)) {
      if (!isNew(each)) continue;
      cursor.pass(each);
      seen.push(each.line);
    }
  }
  return seen;
}

test("however often and wherever a reading breaks off, no line is lost and none comes twice", () => {
  fc.assert(
    fc.property(logs(1e9), breaks, fc.nat({ max: 60 }), (log, lengths, there) => {
      const seen = readInPieces(new LogCursor({ whole: true }), log, lengths, there);
      expect(seen).toEqual(log.map(({ line }) => line));
    }),
    { numRuns: 2000 },
  );
});

test("of a log whose beginning was not wanted nothing comes that was not wanted, or twice, or too late", () => {
  fc.assert(
    fc.property(logs(0), breaks, fc.nat({ max: 60 }), fc.nat({ max: 59 }), (log, lengths, there, tail) => {
      const wanted = log.slice(Math.min(tail, log.length - 1));
      const [first] = wanted;
      if (!first) return;
      const cursor = new LogCursor({ whole: false });
      cursor.pass(first);
      const seen = readInPieces(cursor, log, lengths, Math.max(there, tail + 1));
      // Those of the very time of the first one cannot be told from unwanted ones.
      const sure = new Set(wanted.filter(({ time }) => time > first.time).map(({ line }) => line));
      expect(seen.filter((line) => sure.has(line))).toEqual([...sure]);
      expect(seen).toEqual(
        wanted
          .slice(1)
          .map(({ line }) => line)
          .filter((line) => seen.includes(line)),
      );
    }),
    { numRuns: 2000 },
  );
});

import fc from "fast-check";
import { expect, test } from "vitest";
import { histogram } from "../../../src/domain/rsyslog/histogram.ts";

test("the smallest step that makes at most 24 rows, with those that are empty", () => {
  const minutes = new Map([
    ["2026-11-23T10:00", 3],
    ["2026-11-23T10:02", 1],
  ]);
  expect(histogram(minutes)).toEqual({
    stepMinutes: 1,
    rows: [
      { from: "2026-11-23T10:00", count: 3 },
      { from: "2026-11-23T10:01", count: 0 },
      { from: "2026-11-23T10:02", count: 1 },
    ],
  });
  minutes.set("2026-11-23T15:59", 4);
  const day = histogram(minutes);
  expect(day.stepMinutes).toBe(15);
  expect(day.rows).toHaveLength(24);
  expect(day.rows[0]).toEqual({ from: "2026-11-23T10:00", count: 4 });
  expect(day.rows.at(-1)).toEqual({ from: "2026-11-23T15:45", count: 4 });
});

test("one line of a clock that was wrong does not stretch it; garbage is nothing", () => {
  const minutes = new Map([
    ["1970-01-01T00:01", 1],
    ["2026-11-23T10:00", 5000],
    ["2026-11-23T10:01", 5000],
    ["garbage", 9],
  ]);
  expect(histogram(minutes).rows.map((row) => row.from)).toEqual(["2026-11-23T10:00", "2026-11-23T10:01"]);
  expect(histogram(new Map())).toEqual({ stepMinutes: 1, rows: [] });
});

test("never more than 24 rows, and nothing is lost between times that are near to each other", () => {
  const minute = fc
    .integer({ min: 0, max: 20_000 })
    .map((at) => new Date(at * 60_000 + 1.7e12).toISOString().slice(0, 16));
  fc.assert(
    fc.property(fc.dictionary(minute, fc.integer({ min: 1, max: 10 }), { minKeys: 1, maxKeys: 60 }), (counts) => {
      const { rows } = histogram(new Map(Object.entries(counts)));
      expect(rows.length).toBeLessThanOrEqual(24);
      const all = Object.values(counts).reduce((sum, count) => sum + count, 0);
      expect(rows.reduce((sum, { count }) => sum + count, 0)).toBeGreaterThanOrEqual(all * 0.998);
    }),
  );
});

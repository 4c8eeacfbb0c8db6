import fc from "fast-check";
import { expect, test } from "vitest";
import { holdsAt, type Interval, intersect, overlaps, spans, subtract, total, union } from "./intervals.ts";

const list = fc.array(
  fc.tuple(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 0, max: 10 })).map(([from, length]) => ({
    from,
    to: from + length,
  })),
  { maxLength: 6 },
);
/** Instants between the whole numbers on which spans begin and end. */
const instants = Array.from({ length: 52 }, (_, index) => index + 0.5);
const at = (spansOf: readonly Interval[]): boolean[] => instants.map((instant) => holdsAt(spansOf, instant));

test("sets of spans are what they are at each instant", () => {
  fc.assert(
    fc.property(fc.array(list, { maxLength: 4 }), list, list, fc.integer({ min: 1, max: 3 }), (lists, a, b, least) => {
      expect(at(union(a))).toEqual(at(a));
      expect(at(intersect(a, b))).toEqual(instants.map((x) => holdsAt(a, x) && holdsAt(b, x)));
      expect(at(subtract(a, b))).toEqual(instants.map((x) => holdsAt(a, x) && !holdsAt(b, x)));
      expect(at(overlaps(lists, least))).toEqual(
        instants.map((x) => lists.filter((one) => holdsAt(one, x)).length >= least),
      );
      expect(total(union(a))).toBe(at(a).filter(Boolean).length);
    }),
  );
});

test("results are sorted and do not touch", () => {
  fc.assert(
    fc.property(list, (a) => {
      const merged = union(a);
      expect(merged.every(({ from }, index) => from > (merged[index - 1]?.to ?? -1))).toBe(true);
    }),
  );
});

test("changes become spans; the last one lasts to the end", () => {
  const changes = [
    { at: 1, holds: true },
    { at: 2, holds: true },
    { at: 3, holds: false },
    { at: 5, holds: true },
  ];
  expect(spans(changes, 9)).toEqual([
    { from: 1, to: 3 },
    { from: 5, to: 9 },
  ]);
});

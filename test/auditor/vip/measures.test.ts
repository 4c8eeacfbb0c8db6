import { expect, test } from "vitest";
import { type Entry, type Mark, sorted } from "../history.ts";
import { pictureOf } from "../picture.ts";
import { doubleHeld, grants, lostMs, recoveries } from "./measures.ts";

const holding = (at: number, node: string, holds: boolean): Entry => ({ kind: "holding", at, node, holds });
const probe = (at: number, by: string | null): Entry => ({ kind: "probe", at, ok: by !== null, by, tookMs: 10 });
const span = (from: number, to: number, mark: Mark["mark"], node: string): Entry[] => [
  { kind: "mark", at: from, mark, phase: "begin", name: mark, nodes: [node] },
  { kind: "mark", at: to, mark, phase: "end", name: mark, nodes: [node] },
];
const pictured = (...entries: Entry[]): ReturnType<typeof pictureOf> => pictureOf(sorted(entries));

test("a grant is a beginning that no test made, and a client recovers with its node's first answer", () => {
  const entries = [
    holding(0, "n1", true),
    probe(100, "n1"),
    holding(1500, "n1", false),
    holding(2000, "n2", true),
    probe(2100, null),
    probe(2350, "n2"),
    ...span(4000, 4500, "by-hand", "n3"),
    holding(4100, "n3", true),
    holding(4200, "n3", false),
    probe(6000, "n2"),
  ];
  expect(grants(pictured(...entries))).toEqual([
    { at: 0, node: "n1" },
    { at: 2000, node: "n2" },
  ]);
  expect(recoveries(pictured(...entries))).toEqual([110, 360]);
});

test("who breaks or loses the address at once could serve nobody; who never answers has not recovered", () => {
  const short = [holding(0, "n1", true), holding(900, "n1", false), probe(3000, "n2")];
  expect(recoveries(pictured(...short))).toEqual([]);
  const broken = [holding(0, "n1", true), ...span(500, 700, "fault", "n1"), probe(3000, "n1")];
  expect(recoveries(pictured(...broken))).toEqual([]);
  expect(recoveries(pictured(holding(0, "n1", true), probe(3000, "n2")))).toEqual([3000]);
});

test("what a client lost in a span, and when two nodes had the address", () => {
  const picture = pictured(
    holding(0, "n1", true),
    probe(0, "n1"),
    probe(250, "n1"),
    holding(1000, "n2", true),
    holding(1200, "n1", false),
    probe(1500, "n2"),
    probe(1750, "n2"),
    probe(4000, "n2"),
  );
  expect(lostMs(picture, { from: 900, to: 1600 })).toBe(1000);
  expect(lostMs(picture, { from: 1600, to: 1700 })).toBe(0);
  expect(doubleHeld(picture)).toEqual([{ from: 1000, to: 1200 }]);
});

import { describe, expect, test } from "vitest";
import { formatMarks, newestMarks, noMarks, parseMarks } from "../../../src/domain/leadership/marks.ts";
import { missedMoves, newlyPlaced, type Placed, withPlacement } from "../../../src/domain/leadership/placed.ts";
import {
  afterRound,
  caughtUp,
  newOwner,
  newStanding,
  notPlaced,
  placing,
} from "../../../src/domain/leadership/judge.ts";

const placed = (container: string, version: number, ...nodes: string[]): Placed => ({ container, version, nodes });
const layout = (...places: string[]): { container: string; node: string }[] =>
  places.map((place) => {
    const [container = "", node = ""] = place.split("@");
    return { container, node };
  });

describe("what nodes remember of the layout", () => {
  test("is one word, beside frozen addresses, whatever nodes are called", () => {
    const marks = {
      frozen: [{ vip: "fe80::1", node: "n1" }],
      placed: [placed("web", 7, "a+b,c=d e", "n2")],
      electorates: [["n1", "a+b"], ["n2"]],
    };
    const word = formatMarks(marks);
    expect(word).toMatch(/^\S+$/);
    expect(parseMarks(word)).toEqual(marks);
    expect(parseMarks("-")).toEqual(noMarks);
    // As a pictl of before wrote it.
    expect(parseMarks("10.0.0.9=n1")).toEqual({ ...noMarks, frozen: [{ vip: "10.0.0.9", node: "n1" }] });
  });

  test("is what the newest say, each container as of its latest move", () => {
    const answer = (markedAt: number, ...all: Placed[]) => ({ answer: { markedAt, frozen: [], placed: all } });
    const old = placed("web", 3, "n1");
    const newer = placed("web", 5, "n2");
    expect(newestMarks([answer(4, old), answer(5, newer), answer(5, old)]).placed).toEqual([newer]);
    expect(newestMarks([answer(6), answer(5, newer)]).placed).toEqual([]);
    expect(newestMarks([]).placed).toEqual([]);
    expect(withPlacement([newer], old)).toEqual([newer]);
  });

  test("a layout has missed what was written down since it was last right", () => {
    const known = [placed("web", 5, "n2"), placed("db", 3, "n3")];
    const old = layout("web@n1", "db@n1", "other@n1");
    expect(missedMoves(old, known, 4)).toEqual([{ container: "web", from: "n1", to: "n2" }]);
    expect(missedMoves(old, known, 0)).toHaveLength(2);
    expect(missedMoves(old, known, 5)).toEqual([]);
    expect(missedMoves(layout("web@n2"), known, 0)).toEqual([]);
    // One of several copies was moved.
    const two = [placed("web", 5, "n1", "n3")];
    expect(missedMoves(layout("web@n1", "web@n2"), two, 0)).toEqual([{ container: "web", from: "n2", to: "n3" }]);
    // Somebody has made it more, or none.
    expect(missedMoves(layout("web@n1", "web@n2"), known, 0)).toEqual([]);
    expect(missedMoves([], known, 0)).toEqual([]);
  });

  test("the nodes are told what somebody has changed since they were told", () => {
    const before = layout("web@n1", "db@n1");
    expect(newlyPlaced(before, before, [])).toEqual([]);
    expect(newlyPlaced(layout("web@n2", "db@n1", "new@n1"), before, [])).toEqual([{ container: "web", nodes: ["n2"] }]);
    expect(newlyPlaced(before, before, [placed("web", 5, "n2")])).toEqual([{ container: "web", nodes: ["n1"] }]);
    expect(newlyPlaced(layout("web@n1", "web@n2"), before, [])).toEqual([]);
  });

  test("a leader writes it down in a greater epoch, and not two at once", () => {
    const leader = { ...newStanding({ ...newOwner("me"), epoch: 4, elected: true }), confirmed: true };
    const next = placing(leader, { container: "web", nodes: ["n2"] });
    expect(next?.memory).toMatchObject({ epoch: 5, seen: 5, placed: [placed("web", 5, "n2")] });
    expect(next && placing(next, { container: "db", nodes: ["n2"] })).toBeUndefined();
    expect(next && notPlaced(next, "web", []).memory.placed).toEqual([]);
    expect(next && notPlaced(next, "web", [placed("web", 2, "n3")]).memory.placed).toEqual([placed("web", 2, "n3")]);
    expect(next && afterRound(next, { standing: leader }).memory).toEqual(next?.memory);
  });

  test("a file that shows it all has missed nothing", () => {
    const standing = newStanding({ ...newOwner("me"), placed: [placed("web", 5, "n2"), placed("db", 3, "n3")] });
    expect(caughtUp(standing).memory.seen).toBe(5);
    expect(caughtUp(newStanding({ ...newOwner("me"), seen: 9 })).memory.seen).toBe(9);
  });
});

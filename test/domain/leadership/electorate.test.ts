import { describe, expect, test } from "vitest";
import { noMarks } from "../../../src/domain/leadership/marks.ts";
import {
  type ClaimRound,
  judge,
  newOwner,
  newStanding,
  type Standing,
  toRemember,
  withElectorate,
} from "../../../src/domain/leadership/judge.ts";
import { otherElectorates } from "../../../src/domain/leadership/electorate.ts";

const told = (node: string, markedAt: number, ...electorates: string[][]) => ({
  node,
  answer: { markedAt, electorates },
});
const [old, now] = [
  ["n1", "n2", "n3"],
  ["n3", "n4", "n5"],
];

/** `n1 claimed`, `n1 free`, `n1 other`: of somebody else; then the electorate that it tells of, if any. */
const round = (nodes: readonly string[], epoch: number, ...lines: string[]): ClaimRound => ({
  nodes,
  ttlMs: 10_000,
  epoch,
  answers: lines.map((line) => {
    const [node = "", how, electorate] = line.split(" ");
    const owner = how === "claimed" ? "me" : how === "other" ? "you" : undefined;
    const electorates = electorate === undefined ? [] : [electorate.split("+")];
    const clock = { bootId: "b", uptimeMs: 0, at: 0 };
    const answer = {
      ...noMarks,
      claimed: how === "claimed",
      epoch: 5,
      owner,
      leftMs: owner ? 10_000 : 0,
      markedAt: 5,
      electorates,
      clock,
    };
    return { node, sentAt: 0, answer };
  }),
  now: 0,
  random: 0.5,
});

const leader = (electorate: readonly string[]): Standing =>
  newStanding({ ...newOwner("me"), epoch: 5, elected: true, electorate });

describe("who elects", () => {
  test("nodes that elected another leader have to be won as well", () => {
    const fresh = newStanding(newOwner("me"));
    // Nobody has ever led.
    expect(judge(fresh, round(now, 0, "n4 free", "n5 free"))).toMatchObject({ elect: 7, strange: [] });
    // One of them belongs to a cluster whose other nodes are not here.
    const among = judge(fresh, round(now, 0, "n3 free n1+n2+n3", "n4 free", "n5 free"));
    expect(among).toMatchObject({ role: "unelected", elect: undefined, strange: [old] });
    const known = ["n2", ...now];
    expect(judge(fresh, round(known, 0, "n2 free", "n3 free n1+n2+n3", "n4 free"))).toMatchObject({ elect: 7 });
    // And those have to promise, too.
    const lost = judge(fresh, round(known, 7, "n2 free", "n3 claimed n1+n2+n3", "n4 claimed", "n5 claimed"));
    expect(lost.standing.memory.elected).toBe(false);
    const won = judge(fresh, round(known, 7, "n2 claimed", "n3 claimed n1+n2+n3", "n4 claimed"));
    expect(won).toMatchObject({ role: "unelected", standing: { memory: { elected: true, joint: [old] } } });
    expect(toRemember(won.standing)?.electorates).toEqual([known, old]);
    // It leads when most of them have been told.
    const next = judge(won.standing, round(known, 7, "n2 claimed", "n3 claimed", "n4 claimed"));
    expect(next).toMatchObject({ role: "leader", standing: { memory: { joint: [] } } });
    expect(toRemember(next.standing)?.electorates).toEqual([known]);
  });

  test("those who were replaced by others that they were told of are over", () => {
    expect(otherElectorates(now, [told("n1", 3, old), told("n3", 5, now)])).toEqual([old]);
    expect(otherElectorates(now, [told("n1", 3, old), told("n2", 5, now), told("n3", 5, now)])).toEqual([]);
    expect(otherElectorates(now, [told("n4", 5, now), told("n5", 4, ["n5"]), told("n3", 5, ["n5"])])).toEqual([["n5"]]);
  });

  test("a leader whose config has other nodes leads on when most of these promise, and half of the others know", () => {
    const same = leader(old);
    expect(withElectorate(same, ["n3", "n2", "n1"])).toBe(same);
    const smaller = withElectorate(leader(["n1", "n2"]), ["n1"]);
    // One of two is dead: half of them is enough for who leads already.
    expect(judge(smaller, round(["n1"], 5, "n1 claimed"))).toMatchObject({ role: "leader" });
    const moved = withElectorate(leader(old), now);
    expect(judge(moved, round(now, 5, "n3 claimed", "n4 claimed", "n5 claimed"))).toMatchObject({
      role: "unelected",
      strange: [old],
    });
    const bigger = withElectorate(leader(old), [...old, "n4", "n5"]);
    expect(judge(bigger, round(bigger.memory.electorate, 5, "n1 claimed", "n2 claimed")).role).toBe("unelected");
    expect(judge(bigger, round(bigger.memory.electorate, 5, "n1 claimed", "n2 claimed", "n4 claimed")).role).toBe(
      "leader",
    );
    // A pictl of before led, and remembered none.
    expect(withElectorate(leader([]), now).memory).toMatchObject({ electorate: now, joint: [] });
  });
});

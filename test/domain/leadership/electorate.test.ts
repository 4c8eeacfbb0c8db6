import { describe, expect, test } from "vitest";
import { noMarks } from "../../../src/domain/leadership/marks.ts";
import {
  type ClaimRound,
  electoratesOf,
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

  test("where nobody knows of an election, those are won too that every config with these nodes begins with", () => {
    const everyNode = ["n1", "n2", "n3", "n4", "n5", "n6", "n7", "n8", "n9"];
    const [one, other] = [
      ["n1", "n2", "n3"],
      ["n7", "n8", "n9"],
    ];
    const fresh = newStanding(newOwner("me"));
    const free = (...nodes: string[]): string[] => nodes.map((node) => `${node} free`);
    const never = (...lines: string[]): ClaimRound => ({
      ...round(other, 0, ...lines),
      everyNode,
      answers: round(other, 0, ...lines).answers.map((each) => ({ ...each, answer: { ...each.answer, epoch: 0 } })),
    });
    const first = everyNode.slice(0, 7);
    expect(judge(fresh, never(...free(...other)))).toMatchObject({
      elect: undefined,
      heard: [first],
      strange: [first],
    });
    expect(judge(fresh, never(...free(...other, "n1", "n2", "n3")))).toMatchObject({ elect: 2 });
    // Somebody led who told nobody by whom he was elected: that was by all.
    const before = { ...round(other, 0, ...free(...other, "n1", "n2", "n3")), everyNode };
    expect(judge(fresh, before)).toMatchObject({ elect: 7, heard: [everyNode] });
    const few = { ...round(other, 0, ...free(...other, "n1")), everyNode };
    expect(judge(fresh, few)).toMatchObject({ elect: undefined, strange: [everyNode] });
    // One who only stood for election need not have won the others.
    const stood = never(...free(...other)).answers.map((each) => ({
      ...each,
      answer: { ...each.answer, candidates: [other] },
    }));
    expect(judge(fresh, { ...never(), answers: stood })).toMatchObject({ elect: undefined, strange: [first] });
    // Nor has he led: an election that was lost makes the next one no longer.
    const lost = stood.map((each) => ({ ...each, answer: { ...each.answer, epoch: 2, markedAt: 0 } }));
    expect(judge(fresh, { ...never(), answers: lost })).toMatchObject({ heard: [first] });
    // From the first election on it is known.
    const known = { ...round(other, 0, "n7 free n1+n2+n3", ...free("n8", "n9", "n1", "n2")), everyNode };
    expect(judge(fresh, known)).toMatchObject({ elect: 7, heard: [one] });
    // One that led before this was written down goes on, when those know it who elected it: all.
    const old = withElectorate(leader([]), other, everyNode);
    expect(old.memory.joint).toEqual([everyNode, other]);
    expect(judge(old, { ...round(other, 5, "n7 claimed", "n8 claimed"), everyNode }).role).toBe("unelected");
    const most = ["n7 claimed", "n8 claimed", "n1 claimed", "n2 claimed", "n3 claimed"];
    expect(judge(old, { ...round(other, 5, ...most), everyNode }).role).toBe("leader");
  });

  test("the promises of nodes that do not elect count for nothing", () => {
    const since = leader(["n1", "n2", "n3"]);
    const others = judge(since, round(["n1", "n2", "n3"], 5, "n1 claimed", "n4 claimed", "n5 claimed"));
    expect(others).toMatchObject({ role: "unelected", standing: { confirmed: false } });
  });

  test("nothing more is remembered until half of all who may elect the next leader have stored what is", () => {
    const [four, two] = [
      ["n1", "n2", "n3", "n4"],
      ["n1", "n2"],
    ];
    const before = leader(four);
    expect(electoratesOf(before, two)).toEqual([two, four]);
    const since = withElectorate(before, two);
    const one = judge(since, round(two, 5, "n1 claimed"));
    expect(one).toMatchObject({ standing: { confirmed: false } });
    expect(electoratesOf(one.standing, two)).toEqual([two, four]);
    const both = judge(since, round(two, 5, "n1 claimed", "n2 claimed"));
    expect(both).toMatchObject({ role: "leader", standing: { confirmed: true } });
    expect(electoratesOf(both.standing, two)).toEqual([two]);
  });
});

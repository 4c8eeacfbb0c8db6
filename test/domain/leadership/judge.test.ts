import { describe, expect, test } from "vitest";
import { formatMarks, noMarks, parseMarks } from "../../../src/domain/leadership/marks.ts";
import {
  afterRound,
  type ClaimRound,
  epochToClaim,
  judge,
  newOwner,
  raised,
  type Standing,
  thawed,
  toRemember,
} from "../../../src/domain/leadership/judge.ts";

const ttlMs = 10_000;
const now = 100_000;
const nodesOf = (count: number): string[] => Array.from({ length: count }, (_, index) => `n${index + 1}`);

/** `n1: claimed 5 me 10` or `n1: refused 5 - 0`, seconds left; or `n1: claimed 5 me 10 4 VIP=NODE`, as it remembers. */
function answers(lines: readonly string[]): ClaimRound["answers"] {
  return lines.map((line) => {
    const [node = "", answer, epoch, owner, left, markedAt = "0", marks = "-"] = line.split(/:? /);
    const clock = { bootId: "b", uptimeMs: 0, at: now };
    return {
      node,
      sentAt: now - 100,
      answer: {
        claimed: answer === "claimed",
        epoch: Number(epoch),
        owner: owner === "-" ? undefined : owner,
        leftMs: Number(left) * 1000,
        ...parseMarks(marks),
        markedAt: Number(markedAt),
        clock,
      },
    };
  });
}

const me = (epoch: number, elected: boolean, promises: Standing["promises"] = {}): Standing => ({
  memory: { ...newOwner("me"), epoch, elected },
  promises,
  restUntil: -Infinity,
  confirmed: false,
});

const round = (size: number, epoch: number, ...lines: string[]): ClaimRound => ({
  nodes: nodesOf(size),
  ttlMs,
  epoch,
  answers: answers(lines),
  now,
  random: 0.5,
});

describe("leadership", () => {
  test("a leader renews, everybody else looks", () => {
    expect(epochToClaim(me(5, true))).toBe(5);
    expect(epochToClaim(me(5, false))).toBe(0);
  });

  test.each<
    [string, Standing, ClaimRound, { role: string; elect?: number; until?: number; epoch?: number; elected?: boolean }]
  >([
    [
      "a first look at nodes that never promised anything leads to an election",
      me(0, false),
      round(3, 0, "n1: refused 0 - 0", "n2: refused 0 - 0"),
      { role: "unelected", elect: 2 },
    ],
    ["too few for one", me(0, false), round(3, 0, "n1: refused 0 - 0"), { role: "unelected" }],
    ["two nodes need both", me(0, false), round(2, 0, "n1: refused 0 - 0"), { role: "unelected" }],
    ["one node is enough for itself", me(0, false), round(1, 0, "n1: refused 7 x 0"), { role: "unelected", elect: 9 }],
    [
      "a majority elects",
      me(0, false),
      round(3, 4, "n1: claimed 4 me 10", "n2: claimed 4 me 10"),
      { role: "leader", until: 109_895, epoch: 4, elected: true },
    ],
    [
      "less does not, and it rests a while",
      me(0, false),
      round(4, 4, "n1: claimed 4 me 10", "n2: claimed 4 me 10", "n3: refused 4 x 10"),
      { role: "standby", epoch: 4, elected: false },
    ],
    [
      "a leader stays one with half of two nodes",
      me(4, true),
      round(2, 4, "n1: claimed 4 me 10"),
      { role: "leader", until: 109_895, elected: true },
    ],
    [
      "and with what was promised before",
      me(4, true, { n2: 103_000 }),
      round(3, 4, "n1: claimed 4 me 10"),
      { role: "leader", until: 103_000, elected: true },
    ],
    [
      "not with a promise that has run out, but it may come back",
      me(4, true, { n2: 99_000 }),
      round(3, 4, "n1: claimed 4 me 10"),
      { role: "unelected", elected: true },
    ],
    [
      "a node that was left behind with somebody else's greater epoch leads to a new election",
      me(4, true),
      round(3, 4, "n1: claimed 4 me 10", "n2: claimed 4 me 10", "n3: refused 9 x 3"),
      { role: "standby", elect: 11, elected: false },
    ],
    [
      "a leader that others have replaced stands by",
      me(4, true),
      round(3, 4, "n1: refused 5 x 9", "n2: refused 5 x 9", "n3: refused 5 x 9"),
      { role: "standby", elected: false },
    ],
    [
      "who stands by sees the promises run out",
      me(4, false),
      round(3, 0, "n1: refused 5 x 0", "n2: refused 5 x 0", "n3: refused 5 x 2"),
      { role: "standby", elect: 7 },
    ],
    [
      "its own promises are in nobody's way",
      me(4, false),
      round(3, 0, "n1: refused 4 me 9", "n2: refused 3 x 0", "n3: refused 5 x 2"),
      { role: "standby", elect: 7 },
    ],
    ["nobody answers", me(4, false), round(3, 0), { role: "unelected" }],
  ])("%s", (_what, standing, given, { role, elect, until, epoch, elected }) => {
    const judgement = judge(standing, given);
    expect(judgement).toMatchObject({ role, elect });
    if (until !== undefined) expect(judgement.until).toBeCloseTo(until, 0);
    if (epoch !== undefined) expect(judgement.standing.memory.epoch).toBe(epoch);
    if (elected !== undefined) expect(judgement.standing.memory.elected).toBe(elected);
  });

  test("a greater epoch, one step ahead of what half of the nodes have stored", () => {
    expect(raised(me(4, true))).toBeUndefined();
    const { standing } = judge(me(4, true), round(3, 4, "n1: claimed 4 me 10", "n2: claimed 4 me 10"));
    const next = raised(standing);
    expect(next?.memory).toMatchObject({ owner: "me", epoch: 5, elected: true });
    expect(next && raised(next)).toBeUndefined();
    expect(next && judge(next, round(3, 5, "n1: claimed 5 me 10")).standing.confirmed).toBe(false);
    expect(next && judge(next, round(3, 5, "n1: claimed 5 me 10", "n3: claimed 5 me 10")).standing.confirmed).toBe(
      true,
    );
    expect(raised({ ...standing, memory: { ...standing.memory, elected: false } })).toBeUndefined();
  });

  test("who loses an election looks on until the promises of all who stood in it have run out", () => {
    const lost = judge(me(0, false), round(2, 1, "n1: claimed 1 me 10", "n2: refused 1 x 10"));
    expect(lost.standing.restUntil).toBe(115_000);
    const look = round(2, 0, "n1: refused 1 me 0", "n2: refused 1 x 0");
    expect(judge(lost.standing, { ...look, now: 114_999 }).elect).toBeUndefined();
    expect(judge(lost.standing, { ...look, now: 115_000 }).elect).toBe(3);
  });

  test("who is elected knows what the newest of a majority remembers", () => {
    const elected = (...lines: string[]): string => {
      const judgement = judge(me(0, false), round(3, 9, ...lines));
      return formatMarks({ ...noMarks, ...judgement.standing.memory });
    };
    expect(elected("n1: claimed 9 me 10 4 v=n3", "n2: claimed 9 me 10 7 -")).toBe("-");
    expect(elected("n1: claimed 9 me 10 7 v=n3", "n2: claimed 9 me 10 4 -")).toBe("v=n3");
    expect(elected("n1: claimed 9 me 10 7 v=n3,w=n2", "n2: claimed 9 me 10 7 v=n1,v=n3")).toBe("w=n2,v=n1,v=n3");
  });

  test("only a leader tells nodes what to remember: what it found when it was elected, and what it froze since", () => {
    const mark = { vip: "v", node: "n1" };
    expect(toRemember(me(4, false))).toBeUndefined();
    const { standing } = judge(me(4, true), round(3, 4, "n1: claimed 4 me 10 4 -", "n2: claimed 4 me 10 4 -"));
    const frozen = raised(standing, mark);
    expect(frozen?.memory).toMatchObject({ epoch: 5, frozen: [mark] });
    expect(frozen && toRemember(frozen)).toEqual({ ...noMarks, frozen: [mark] });
    expect(frozen && toRemember(thawed(frozen, mark))).toEqual(noMarks);
    expect(frozen && thawed(frozen, { vip: "v", node: "n2" }).memory.frozen).toEqual([mark]);
  });

  test("a round forgets nothing that happened while its answers were on their way, and an election reads anew", () => {
    const mark = { vip: "v", node: "n1" };
    const before = judge(me(4, true), round(3, 4, "n1: claimed 4 me 10", "n2: claimed 4 me 10"));
    const frozen = raised(before.standing, mark);
    if (!frozen) throw new Error("it may be raised");
    expect(afterRound(frozen, before)).toMatchObject({ memory: { epoch: 5, frozen: [mark] }, confirmed: false });
    const elected = judge(me(4, false), round(3, 6, "n1: claimed 6 me 10 3 w=n2", "n2: claimed 6 me 10"));
    const read = { epoch: 6, elected: true, frozen: [{ vip: "w", node: "n2" }] };
    expect(afterRound(frozen, elected)).toMatchObject({ memory: read, confirmed: true });
  });
});

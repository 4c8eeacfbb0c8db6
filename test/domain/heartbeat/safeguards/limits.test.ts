import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { WantedMove } from "../../../../src/domain/heartbeat/facts.ts";
import { forbiddenBy } from "../../../../src/domain/heartbeat/safeguards/limits.ts";
import type { PastMove } from "../../../../src/domain/heartbeat/memory.ts";

const minute = 60_000;
const wanted = (container: string, from: string, nodeDead = false): WantedMove => ({ container, from, nodeDead });
const past = (container: string, from: string, at: number, parts: Partial<PastMove> = {}): PastMove => ({
  container,
  from,
  nodeDead: false,
  at: at * minute,
  moved: true,
  ...parts,
});

function rule(
  move: WantedMove,
  options: { past?: readonly PastMove[]; underWay?: readonly WantedMove[]; containers?: number; now?: number },
): string | undefined {
  const { past = [], underWay = [], containers = 10, now = 0 } = options;
  return forbiddenBy(move, { past, underWay, containers, now: now * minute })?.rule;
}

describe("a container that was moved", () => {
  test.each([
    ["rests for 10 min", [past("web", "n1", 0)], 9.9, "moved-recently"],
    ["and may go then", [past("web", "n1", 0)], 10, undefined],
    [
      "rests twice as long after the second time",
      [past("web", "n1", 0), past("web", "n1", 70)],
      89.9,
      "moved-recently",
    ],
    ["and may go then", [past("web", "n1", 0), past("web", "n1", 70)], 90, undefined],
    ["is forgiven what was more than four hours ago", [past("web", "n1", 0), past("web", "n1", 300)], 310, undefined],
    ["is not another one", [past("db", "n1", 0)], 6, undefined],
  ])("%s", (_what, moves, now, expected) => {
    expect(rule(wanted("web", "n2"), { past: moves, now })).toBe(expected);
  });

  test("failed on three hosts within an hour: it is the application", () => {
    const moves = [past("web", "n1", 0), past("web", "n2", 20)];
    expect(rule(wanted("web", "n3"), { past: moves, now: 60 })).toBe("failed-everywhere");
    expect(rule(wanted("web", "n3"), { past: moves, now: 61 })).toBeUndefined();
    expect(rule(wanted("web", "n1"), { past: moves, now: 60 })).toBeUndefined();
  });

  test("a move that failed is tried again after growing pauses, and one that came about ends them", () => {
    const failed = (at: number): PastMove => past("web", "n1", at, { moved: false });
    expect(rule(wanted("web", "n1"), { past: [failed(0)], now: 0.9 })).toBe("tried-recently");
    expect(rule(wanted("web", "n1"), { past: [failed(0)], now: 1 })).toBeUndefined();
    expect(rule(wanted("web", "n1"), { past: [failed(0), failed(1), failed(3)], now: 6.9 })).toBe("tried-recently");
    expect(rule(wanted("web", "n1"), { past: [failed(0), failed(1), failed(3)], now: 7 })).toBeUndefined();
    expect(rule(wanted("web", "n1"), { past: [failed(0), past("web", "n1", 1)], now: 11 })).toBeUndefined();
  });
});

describe("a storm", () => {
  test("is more than a fifth of the containers within five minutes, and never less than one", () => {
    const one = [past("a", "n1", 0)];
    expect(rule(wanted("web", "n2"), { past: one, containers: 9, now: 5 })).toBe("storm");
    expect(rule(wanted("web", "n2"), { past: one, containers: 9, now: 5.1 })).toBeUndefined();
    expect(rule(wanted("web", "n2"), { past: one, containers: 10, now: 5 })).toBeUndefined();
    expect(rule(wanted("web", "n2"), { containers: 1 })).toBeUndefined();
  });

  test("counts moves that are under way, and none that failed", () => {
    expect(rule(wanted("web", "n2"), { underWay: [wanted("a", "n1")], containers: 9 })).toBe("storm");
    expect(rule(wanted("web", "n2"), { past: [past("a", "n1", 0, { moved: false })], containers: 9 })).toBeUndefined();
  });

  test("is not the end of one node, but that of two", () => {
    const dead = ["a", "b", "c"].map((each) => wanted(each, "n1", true));
    expect(rule(wanted("web", "n1", true), { underWay: dead, containers: 4 })).toBeUndefined();
    expect(rule(wanted("web", "n2"), { underWay: dead, containers: 4 })).toBeUndefined();
    expect(rule(wanted("web", "n2", true), { underWay: [...dead, wanted("d", "n2", true)], containers: 6 })).toBe(
      "storm",
    );
  });

  test("is that of two nodes whichever of their containers came first", () => {
    const before = [past("c", "n4", 0), past("a", "n1", 0), past("b", "n1", 0)].map((each) => ({
      ...each,
      nodeDead: true,
    }));
    for (const moves of [before, before.toReversed()]) {
      expect(rule(wanted("d", "n4", true), { past: moves, containers: 6, now: 1 })).toBe("storm");
      expect(rule(wanted("d", "n1", true), { past: moves, containers: 6, now: 1 })).toBeUndefined();
    }
  });

  test("of before hinders none that adds nothing to it", () => {
    const others = [past("a", "n2", 0), past("b", "n3", 0)];
    expect(rule(wanted("web", "n1", true), { past: others, containers: 4, now: 1 })).toBeUndefined();
  });
});

test("property: whoever obeys stays below every limit", () => {
  const attempt = fc.record({
    container: fc.constantFrom("a", "b", "c", "d", "e"),
    from: fc.constantFrom("n1", "n2", "n3"),
    after: fc.integer({ min: 0, max: 20 * minute }),
  });
  fc.assert(
    fc.property(fc.array(attempt, { maxLength: 60 }), fc.integer({ min: 1, max: 30 }), (attempts, containers) => {
      const moves: PastMove[] = [];
      let now = 0;
      for (const { container, from, after } of attempts) {
        now += after;
        const move = { container, from, nodeDead: false };
        if (forbiddenBy(move, { past: moves, underWay: [], containers, now })) continue;
        moves.push({ ...move, at: now, moved: true });
        const own = moves.filter((each) => each.container === container);
        const before = own.at(-2);
        if (before) expect(now - before.at).toBeGreaterThanOrEqual(10 * minute);
        const lastFive = moves.filter((each) => now - each.at <= 5 * minute);
        expect(lastFive.length).toBeLessThanOrEqual(Math.max(1, Math.floor(containers / 5)));
        const hosts = new Set(own.filter((each) => now - each.at <= 60 * minute).map((each) => each.from));
        expect(hosts.size).toBeLessThan(3);
      }
    }),
  );
});

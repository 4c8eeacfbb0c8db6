import fc from "fast-check";
import { expect, test } from "vitest";
import { type Memory, noMemory, rebase, withoutCounts } from "../../../src/domain/heartbeat/memory.ts";

const memory: Memory = {
  lastRoundAt: 100,
  trials: {
    "web@n1": { failures: 2, restarts: 1, lastRestartAt: 90, starting: { since: 95, failures: 1 } },
    "db@n1": { failures: 1, restarts: 0, lastRestartAt: null },
  },
  nodes: { n1: { state: "up", since: 50, bootId: "b" } },
  volumes: { "web@n1": [{ name: "stuff", target: "/data" }] },
  stopped: { "db@n1": "stopped by me" },
  isolated: { since: 80, cleanRounds: 1 },
  moves: [{ container: "web", from: "n2", nodeDead: true, at: 70, moved: true }],
  told: { "web@n1": "refused" },
  failing: { "web@n1": "alone" },
};

test("on another clock everything is as long ago as it was", () => {
  expect(rebase(memory, { shiftMs: -100, now: 0 })).toEqual({
    lastRoundAt: 0,
    trials: {
      "web@n1": { failures: 2, restarts: 1, lastRestartAt: -10, starting: { since: -5, failures: 1 } },
      "db@n1": { failures: 1, restarts: 0, lastRestartAt: null },
    },
    nodes: { n1: { state: "up", since: -50, bootId: "b" } },
    volumes: { "web@n1": [{ name: "stuff", target: "/data" }] },
    stopped: { "db@n1": "stopped by me" },
    isolated: { since: -20, cleanRounds: 1 },
    moves: [{ container: "web", from: "n2", nodeDead: true, at: -30, moved: true }],
    told: { "web@n1": "refused" },
    failing: { "web@n1": "alone" },
  });
  expect(rebase(noMemory, { shiftMs: 5, now: 9 })).toEqual(noMemory);
});

test("counts begin anew, and nothing else does", () => {
  expect(withoutCounts(memory)).toEqual({ ...memory, trials: {} });
});

test("property: nothing is ever in the future, and order and distances stay where they can", () => {
  const time = fc.integer({ min: -1e9, max: 1e9 });
  fc.assert(
    fc.property(time, time, time, time, (first, second, shiftMs, now) => {
      const moves = [first, second].map((at) => ({ container: "web", from: "n1", nodeDead: false, moved: true, at }));
      const [one = 0, other = 0] = rebase({ ...noMemory, moves }, { shiftMs, now }).moves.map(({ at }) => at);
      expect(Math.max(one, other)).toBeLessThanOrEqual(now);
      expect(Math.sign(one - other) * Math.sign(first - second)).toBeGreaterThanOrEqual(0);
      if (Math.max(first, second) + shiftMs <= now) expect(one - other).toBe(first - second);
    }),
  );
});

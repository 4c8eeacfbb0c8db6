import fc from "fast-check";
import { expect, test } from "vitest";
import { mayRestart } from "../../../../src/domain/heartbeat/checks/pauses.ts";

test.each([
  [0, null, true],
  [1, 9.9, false],
  [1, 10, true],
  [2, 29.9, false],
  [2, 30, true],
  [3, 60, true],
  [4, 119, false],
  [5, 300, true],
  [50, 299, false],
  [50, 300, true],
])("after %j restarts, the last of them %j s ago: %j", (restarts, secondsAgo, expected) => {
  const lastRestartAt = secondsAgo === null ? null : 1_000_000 - secondsAgo * 1000;
  expect(mayRestart({ restarts, lastRestartAt }, 1_000_000)).toBe(expected);
});

test("property: never a hot loop, and never longer than five minutes", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 100 }), fc.integer({ min: 0, max: 400_000 }), (restarts, ago) => {
      const may = mayRestart({ restarts, lastRestartAt: 0 }, ago);
      if (ago < 10_000) expect(may).toBe(false);
      if (ago >= 300_000) expect(may).toBe(true);
      // Whoever waits longer, or has restarted less often, may all the more.
      if (may) expect(mayRestart({ restarts: restarts - 1, lastRestartAt: 0 }, ago + 1)).toBe(true);
    }),
  );
});

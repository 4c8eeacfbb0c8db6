import { describe, expect, test } from "vitest";
import { nextWindow, retryDelay, type FailedAttempt } from "../../../../src/domain/ssh/connect/retry.ts";

const failed = (change: Partial<FailedAttempt>): number | undefined =>
  retryDelay({
    stage: "banner",
    droppedByPeer: true,
    attempt: 1,
    spentMs: 0,
    budgetMs: 10_000,
    random: 0.5,
    ...change,
  });

describe("retryDelay", () => {
  test.each([
    ["a refused port", { stage: "connect", droppedByPeer: false }],
    ["a time-out", { stage: "banner", droppedByPeer: false }],
    ["a connection closed during authentication", { stage: "auth" }],
    ["a budget that is used up", { spentMs: 9_990 }],
  ] as const)("%s is final", (_what, change) => {
    expect(failed(change)).toBeUndefined();
  });

  test("a drop before or during the key exchange is tried again, later each time, up to two seconds", () => {
    expect([1, 2, 3, 4, 5, 6, 20].map((attempt) => failed({ attempt }))).toEqual([70, 120, 220, 420, 820, 1020, 1020]);
    expect(failed({ stage: "kex" })).toBe(70);
  });

  test("the whole range is used, so that those dropped together do not come back together", () => {
    expect(failed({ attempt: 5, random: 0 })).toBe(20);
    expect(failed({ attempt: 5, random: 0.999 })).toBeCloseTo(1618.4);
  });
});

test("the window halves at a drop, grows by one at a success, and stays between 1 and the most", () => {
  expect(nextWindow(8, "dropped", 8)).toBe(4);
  expect(nextWindow(1, "dropped", 8)).toBe(1);
  expect(nextWindow(1, "succeeded", 8)).toBe(2);
  expect(nextWindow(8, "succeeded", 8)).toBe(8);
});

import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { watchStalls } from "../../src/daemon/stall.ts";

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

function watched() {
  const clock = { at: 0, wall: 1_000_000, boot: 0 };
  const stalls = watchStalls(
    {
      now: () => clock.wall,
      monotonic: () => clock.at,
      sleep: () => Promise.reject(new Error("nobody sleeps")),
    },
    () => clock.boot,
  );
  return {
    clock,
    stalls,
    /** Time passes, and the timers run as they should. */
    run: (ms: number): void => {
      for (let passed = 0; passed < ms; passed += 100) {
        clock.at += 100;
        clock.wall += 100;
        clock.boot += 100;
        vi.advanceTimersByTime(100);
      }
    },
  };
}

test("a process that runs did not stand still, however long it ran", () => {
  const { stalls, run } = watched();
  run(60_000);
  expect(stalls.stood(500)).toBe(false);
});

test.each([
  ["stopped: no timer ran", 5000, 5000, 5000],
  ["asleep with its machine: the wall clock went on, and the time since the boot", 0, 5000, 5000],
])("%s", (_, at, wall, boot) => {
  const { clock, stalls, run } = watched();
  const pass = (): void => {
    clock.at += at;
    clock.wall += wall;
    clock.boot += boot;
  };
  run(1000);
  pass();
  run(1000);
  expect(stalls.stood(6000)).toBe(false);
  pass();
  expect(stalls.stood(4000)).toBe(true);
  expect(stalls.stood(4000)).toBe(false);
});

test("a wall clock that is set back tells nothing", () => {
  const { clock, stalls, run } = watched();
  clock.wall -= 3_600_000;
  run(1000);
  expect(stalls.stood(500)).toBe(false);
});

test("a wall clock that jumps again and again, by hours, tells as much as one that does it once", () => {
  const { clock, stalls, run } = watched();
  const told = [7, -5, 48, -72, 1, 7].map((hours) => {
    clock.wall += hours * 3_600_000;
    run(3000);
    return stalls.stood(2500);
  });
  expect(told).toEqual([true, false, false, false, false, false]);
  run(11 * 60_000);
  clock.wall += 3_600_000;
  expect(stalls.stood(2500)).toBe(true);
});

import { expect, onTestFinished, test, vi } from "vitest";
import { PausableDeadline } from "../../../../src/adapters/ssh/run/deadline.ts";

/** A limit on a clock that the test moves. */
function limit(ms: number): PausableDeadline {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
  onTestFinished(() => void vi.useRealTimers());
  return new PausableDeadline(ms);
}

test("what a person thinks does not count, however many think", async () => {
  const deadline = limit(1000);
  vi.advanceTimersByTime(600);
  let [one, two] = [(): void => undefined, (): void => undefined];
  const thinking = [
    deadline.suspend(() => new Promise<void>((resolve) => (one = resolve))),
    deadline.suspend(() => new Promise<void>((resolve) => (two = resolve))),
  ];
  vi.advanceTimersByTime(50_000);
  one();
  await thinking[0];
  vi.advanceTimersByTime(50_000);
  expect([deadline.signal.aborted, Math.round(deadline.spentMs)]).toEqual([false, 600]);
  two();
  await thinking[1];
  vi.advanceTimersByTime(399);
  expect([deadline.signal.aborted, Math.round(deadline.spentMs)]).toEqual([false, 999]);
  vi.advanceTimersByTime(1);
  expect(deadline.signal).toMatchObject({ aborted: true, reason: PausableDeadline.passed });
  expect(Math.round(deadline.spentMs)).toBe(1000);
});

test("one that is called off never comes, also when somebody has thought till then", async () => {
  const deadline = limit(1000);
  let answered = (): void => undefined;
  const thinking = deadline.suspend(() => new Promise<void>((resolve) => (answered = resolve)));
  deadline.cancel();
  answered();
  await thinking;
  vi.advanceTimersByTime(10_000);
  expect(deadline.signal.aborted).toBe(false);
});

test("one that is further away than a timer can count comes in the end", () => {
  const days = 24 * 3_600_000;
  const deadline = limit(30 * days);
  vi.advanceTimersByTime(29 * days);
  expect(deadline.signal.aborted).toBe(false);
  vi.advanceTimersByTime(days);
  expect(deadline.signal.aborted).toBe(true);
  const never = new PausableDeadline(Infinity);
  vi.advanceTimersByTime(60 * days);
  expect(never.signal.aborted).toBe(false);
  never.cancel();
});

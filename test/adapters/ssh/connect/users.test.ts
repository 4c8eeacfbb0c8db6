import { expect, onTestFinished, test, vi } from "vitest";
import { Users } from "../../../../src/adapters/ssh/connect/users.ts";

test("connections that nobody uses any more are told of after a while, and not while somebody does", () => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  let idle = 0;
  const users = new Users(() => (idle += 1), 1000);
  const [one, two] = [users.add(), users.add()];
  expect(users.any).toBe(true);
  one();
  // Said twice, it counts once.
  one();
  vi.advanceTimersByTime(5000);
  expect([users.any, idle]).toEqual([true, 0]);
  two();
  expect(users.any).toBe(false);
  vi.advanceTimersByTime(999);
  const again = users.add();
  vi.advanceTimersByTime(5000);
  expect(idle).toBe(0);
  again();
  vi.advanceTimersByTime(1000);
  expect(idle).toBe(1);
  users.add()();
  users.stop();
  vi.advanceTimersByTime(5000);
  expect(idle).toBe(1);
});

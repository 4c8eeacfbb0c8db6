import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { startService } from "../../src/daemon/service.ts";
import { fakeClock } from "../fakes/clock.ts";

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

function started(env: Record<string, string>) {
  const told: string[] = [];
  return { told, service: startService(env, fakeClock, (words) => void told.push(words.join(" "))) };
}

test("without systemd nothing is told", () => {
  const { told, service } = started({ WATCHDOG_USEC: "60000000" });
  vi.advanceTimersByTime(600_000);
  service.stop();
  expect(told).toEqual([]);
});

test("ready at once, stopping in the end, and no word in between where there is no watchdog", () => {
  const { told, service } = started({ NOTIFY_SOCKET: "/run/systemd/notify" });
  vi.advanceTimersByTime(600_000);
  service.stop();
  expect(told).toEqual(["--ready --status=Watching the cluster.", "STOPPING=1"]);
});

test("the watchdog is fed while the loop makes turns, and no longer than a minute after its last one was due", () => {
  const { told, service } = started({ NOTIFY_SOCKET: "/run/systemd/notify", WATCHDOG_USEC: "60000000" });
  const fed = (): number => told.filter((words) => words === "WATCHDOG=1").length;
  for (let turn = 0; turn < 10; turn += 1) {
    service.alive(20_000);
    vi.advanceTimersByTime(20_000);
  }
  expect(fed()).toBe(10);
  vi.advanceTimersByTime(600_000);
  expect(fed()).toBe(12);
  service.alive(20_000);
  vi.advanceTimersByTime(20_000);
  expect(fed()).toBe(13);
  service.stop();
  vi.advanceTimersByTime(60_000);
  expect(fed()).toBe(13);
});

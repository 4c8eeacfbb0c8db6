import type { Clock } from "../app/ports.ts";

/** Tells whether this process stood still: stopped, starved, or asleep with its machine. */
export interface StallWatch {
  /** Whether it did for longer than `limitMs` since the last question. */
  stood(limitMs: number): boolean;
  stop(): void;
}

const tickMs = 100;
/** How far two clocks may part from one look to the next. */
const stepMs = 1000;
/** Within this time a wall clock that was set before tells nothing: some are set again and again. */
const restMs = 10 * 60_000;

/**
 * Watches the gaps between the ticks of a timer on the monotonic clock, and the time since the boot (milliseconds), which
 * goes on while a machine sleeps. A virtual machine that was paused may know by its wall clock alone, once somebody has set
 * it: being set forward costs one round, and being set every minute costs no more than that.
 */
export function watchStalls(clock: Clock, sinceBoot: () => number): StallWatch {
  const read = (): Readonly<Record<"monotonic" | "now" | "boot", number>> => ({
    monotonic: clock.monotonic(),
    now: clock.now(),
    boot: sinceBoot(),
  });
  let last = read();
  let longest = 0;
  let setAt = -Infinity;
  const look = (): void => {
    const current = read();
    const passed = Math.max(current.monotonic - last.monotonic, current.boot - last.boot);
    const onTheWall = current.now - last.now;
    longest = Math.max(longest, passed, current.monotonic - setAt > restMs ? onTheWall : 0);
    if (Math.abs(onTheWall - passed) > stepMs) setAt = current.monotonic;
    last = current;
  };
  const timer = setInterval(look, tickMs);
  timer.unref();
  return {
    stood(limitMs) {
      look();
      const stood = longest > limitMs;
      longest = 0;
      return stood;
    },
    stop() {
      clearInterval(timer);
    },
  };
}

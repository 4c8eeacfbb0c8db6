import type { Clock } from "../app/ports.ts";

/** Tells whether this process stood still: stopped, starved, or asleep with its machine. */
export interface StallWatch {
  /** Whether it did for longer than `limitMs` since the last question. */
  stood(limitMs: number): boolean;
  stop(): void;
}

const tickMs = 100;

/**
 * Watches the gaps between the ticks of a timer on the monotonic clock, and the wall clock beside it, which goes on
 * while a machine sleeps (a wall clock that is set forward looks the same and costs one round).
 */
export function watchStalls(clock: Clock): StallWatch {
  let last = { monotonic: clock.monotonic(), now: clock.now() };
  let longest = 0;
  const look = (): void => {
    const current = { monotonic: clock.monotonic(), now: clock.now() };
    longest = Math.max(longest, current.monotonic - last.monotonic, current.now - last.now);
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

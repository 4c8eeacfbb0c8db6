import { pause } from "../../abort.ts";
import type { Clock } from "../../app/ports.ts";

/** The machine's clocks. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  sleep: pause,
};

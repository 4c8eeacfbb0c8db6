import { onAbort } from "../../abort.ts";
import type { Clock } from "../../app/ports.ts";

/** The machine's clocks. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  // By hand: the promise of node:timers/promises costs more than a whole check when it is aborted, as most are.
  sleep(ms, signal) {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        off();
        resolve();
      }, ms);
      const off = onAbort(signal, () => {
        clearTimeout(timer);
        reject(signal?.reason as Error);
      });
    });
  },
};

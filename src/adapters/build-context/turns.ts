import { setImmediate } from "node:timers/promises";

/** Lets connections and signals have their turn, 10 ms after the last one at the earliest. */
export function turns(): () => Promise<void> | undefined {
  let last = performance.now();
  return () => {
    if (performance.now() - last < 10) return undefined;
    return setImmediate().then(() => {
      last = performance.now();
    });
  };
}

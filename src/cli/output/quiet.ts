import type { Progress, ProgressStep } from "../../app/ports.ts";

/** Shows nothing: somebody else has the screen. Warnings are for who asks for them. */
export interface QuietProgress extends Progress {
  /** Those that have come already, and each that comes. */
  onWarning(listener: (message: string) => void): void;
}

export function quietProgress(): QuietProgress {
  const warned = new Set<string>();
  let tell: ((message: string) => void) | undefined;
  const step: ProgressStep = { update: () => undefined, done: () => undefined, fail: () => undefined };
  return {
    step: () => step,
    look: () => step,
    warn(message) {
      if (warned.has(message)) return;
      warned.add(message);
      tell?.(message);
    },
    onWarning(listener) {
      tell = listener;
      warned.forEach(listener);
    },
  };
}

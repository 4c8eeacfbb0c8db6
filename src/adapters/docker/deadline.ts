import { onAbort } from "../../abort.ts";

/** An AbortSignal that fires after `ms` or with another signal, and can be called off. */
export interface RequestDeadline {
  readonly signal: AbortSignal;
  /** The time ran out (and not the other signal). */
  readonly expired: () => boolean;
  /** Calls it off: lets go of the timer and of the other signal. */
  readonly clear: () => void;
}

/** By hand, because AbortSignal.any keeps a reference in its long-lived sources for every signal it makes. */
export function deadline(ms: number, other: AbortSignal): RequestDeadline {
  const controller = new AbortController();
  let expired = false;
  const timer = setTimeout(() => {
    expired = true;
    controller.abort();
  }, ms);
  const off = onAbort(other, () => {
    controller.abort(other.reason);
  });
  return {
    signal: controller.signal,
    expired: () => expired,
    clear: () => {
      clearTimeout(timer);
      off();
    },
  };
}

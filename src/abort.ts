import { setMaxListeners } from "node:events";

/**
 * Calls `listener` once, when the signal aborts: at once when it has aborted already, which `addEventListener` would
 * never tell. Returns what takes the listener off again, so that signals that live long keep no trace of it.
 */
export function onAbort(signal: AbortSignal | undefined, listener: () => void): () => void {
  if (signal?.aborted) listener();
  else signal?.addEventListener("abort", listener, { once: true });
  return () => signal?.removeEventListener("abort", listener);
}

/**
 * Settles as `promise` does, or rejects with the signal's reason as soon as it aborts. `late` gets what the promise
 * resolves to after that, when nobody else will take care of it.
 */
export function abortable<T>(
  promise: Promise<T>,
  signal: AbortSignal | undefined,
  late: (value: T) => void = () => undefined,
): Promise<T> {
  return new Promise((resolve, reject) => {
    let gaveUp = false;
    const off = onAbort(signal, () => {
      gaveUp = true;
      reject(signal?.reason as Error);
    });
    promise.then(
      (value) => {
        off();
        if (gaveUp) late(value);
        else resolve(value);
      },
      () => {
        off();
        resolve(promise);
      },
    );
  });
}

/**
 * Resolves after `ms`, or rejects with the signal's reason when it aborts first. By hand: the promise of
 * node:timers/promises costs more than a whole check when it is aborted, as most are.
 */
export function pause(ms: number, signal?: AbortSignal): Promise<void> {
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
}

/** What is made of other signals, by hand: `AbortSignal.any` lets a timeout among its sources be collected unheard. */
export interface LinkedSignal {
  readonly signal: AbortSignal;
  /** Lets go of the sources; to be called when what listened has ended. */
  readonly dispose: () => void;
}

/**
 * For what is done on many nodes at once, each of which listens: of more listeners than ten Node would warn as of a leak,
 * on the terminal, and into the middle of a full screen.
 */
export function stopForMany(): AbortController {
  const controller = new AbortController();
  setMaxListeners(0, controller.signal);
  return controller;
}

/** A signal that aborts with the first of several, for its reason. */
export function firstOf(signals: readonly (AbortSignal | undefined)[]): LinkedSignal {
  const controller = stopForMany();
  const sources = signals.filter((source) => source !== undefined);
  const offs = sources.map((source) =>
    onAbort(source, () => {
      controller.abort(source.reason);
    }),
  );
  const dispose = (): void => {
    for (const off of offs) off();
  };
  onAbort(controller.signal, dispose);
  return { signal: controller.signal, dispose };
}

export interface TimeLimit extends LinkedSignal {
  /** The time ran out, before the other signal and before it was let go of. */
  readonly expired: () => boolean;
}

/** Made once: an error costs more than what it is told of. */
const over = new Error("the time limit is not needed any more");

/** A signal that aborts after `ms`, or with another one. */
export function timeLimit(
  clock: { sleep(ms: number, signal: AbortSignal): Promise<void> },
  ms: number,
  other: AbortSignal,
): TimeLimit {
  const time = new AbortController();
  const enough = new AbortController();
  const { signal, dispose } = firstOf([other, time.signal]);
  clock.sleep(ms, enough.signal).then(
    () => {
      time.abort(new Error(`no end within ${ms} ms`));
    },
    () => undefined,
  );
  return {
    signal,
    expired: () => time.signal.aborted && signal.reason === time.signal.reason,
    dispose: () => {
      enough.abort(over);
      dispose();
    },
  };
}

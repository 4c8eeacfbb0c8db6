import { setTimeout as sleep } from "node:timers/promises";

export interface WaitOptions {
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds between looks; default 20. */
  readonly everyMs?: number;
}

/** Looks until `condition` holds; false when the time is up. Rejects with the signal's reason on abort. */
export async function until(condition: () => boolean | Promise<boolean>, options: WaitOptions): Promise<boolean> {
  const end = performance.now() + options.timeoutMs;
  for (;;) {
    options.signal?.throwIfAborted();
    if (await condition()) return true;
    if (performance.now() >= end) return false;
    await sleep(options.everyMs ?? 20, undefined, { signal: options.signal }).catch(() => {
      options.signal?.throwIfAborted();
    });
  }
}

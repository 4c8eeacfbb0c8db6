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

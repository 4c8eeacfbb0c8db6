/** One source of bytes read by several at the pace of the slowest; nothing is stored, so it may be of any size. */
export interface Broadcast {
  /** One reader each; iterating no more is not enough to leave, since the others wait for it: call `leave`. */
  readonly branches: readonly Branch[];
}

export interface Branch extends AsyncIterable<Uint8Array> {
  /** Lets the others go on without this one. Any number of times. */
  leave(): void;
}

/**
 * Reads a chunk when every branch wants one, and gives it to all of them; a failure of the source goes to all too. The
 * first chunk is thus read when every branch has begun or left.
 */
export function broadcast(source: AsyncIterable<Uint8Array>, count: number): Broadcast {
  const chunks = source[Symbol.asyncIterator]();
  const present = new Set<symbol>();
  const waiting = new Map<symbol, Waiter>();
  let reading = false;

  const settleAll = (settle: (waiter: Waiter) => void): void => {
    const all = [...waiting.values()];
    waiting.clear();
    reading = false;
    all.forEach(settle);
  };
  const advance = (): void => {
    if (reading || present.size === 0 || waiting.size < present.size) return;
    reading = true;
    chunks.next().then(
      (result) => {
        settleAll(({ resolve }) => {
          resolve(result);
        });
      },
      (error: unknown) => {
        settleAll(({ reject }) => {
          reject(error);
        });
      },
    );
  };

  const branch = (): Branch => {
    const key = Symbol();
    present.add(key);
    return {
      leave() {
        present.delete(key);
        waiting.get(key)?.resolve(over);
        waiting.delete(key);
        advance();
      },
      [Symbol.asyncIterator]: () => ({
        next: () =>
          present.has(key)
            ? new Promise((resolve, reject) => {
                waiting.set(key, { resolve, reject });
                advance();
              })
            : Promise.resolve(over),
      }),
    };
  };
  return { branches: Array.from({ length: count }, branch) };
}

interface Waiter {
  readonly resolve: (result: IteratorResult<Uint8Array>) => void;
  readonly reject: (error: unknown) => void;
}

const over: IteratorReturnResult<undefined> = { done: true, value: undefined };

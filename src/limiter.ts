/** Does the work when it is its turn. */
export type Limiter = <T>(work: () => Promise<T>) => Promise<T>;

/** Runs at most `max` pieces of work at a time; the others wait in the order of their calls. */
export function limiter(max: number): Limiter {
  const waiting: (() => void)[] = [];
  let running = 0;
  return async (work) => {
    if (running >= max) await new Promise<void>((resolve) => waiting.push(resolve));
    else running += 1;
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else running -= 1;
    }
  };
}

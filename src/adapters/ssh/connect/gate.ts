import { onAbort } from "../../../abort.ts";

/** Lets at most `limit` holders in at a time, first come first served; the limit may change while they wait. */
export class Semaphore {
  #limit: number;
  #inside = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(limit: number) {
    this.#limit = limit;
  }

  get limit(): number {
    return this.#limit;
  }

  set limit(limit: number) {
    this.#limit = limit;
    this.#admit();
  }

  get inside(): number {
    return this.#inside;
  }

  /** Resolves to the function that leaves again (once). Rejects with the signal's reason. */
  async enter(signal?: AbortSignal): Promise<() => void> {
    signal?.throwIfAborted();
    await new Promise<void>((resolve, reject) => {
      const admitted = (): void => {
        off();
        resolve();
      };
      const off = onAbort(signal, () => {
        this.#waiting.splice(this.#waiting.indexOf(admitted), 1);
        reject(signal?.reason as Error);
      });
      this.#waiting.push(admitted);
      this.#admit();
    });
    return this.#leaveOnce();
  }

  /** As `enter`, or undefined where it would have to wait. */
  enterAtOnce(): (() => void) | undefined {
    if (this.#inside >= this.#limit) return undefined;
    this.#inside++;
    return this.#leaveOnce();
  }

  #leaveOnce(): () => void {
    let left = false;
    return () => {
      if (left) return;
      left = true;
      this.#inside--;
      this.#admit();
    };
  }

  #admit(): void {
    while (this.#inside < this.#limit) {
      const next = this.#waiting.shift();
      if (!next) return;
      this.#inside++;
      next();
    }
  }
}

/** What setTimeout can count: 24.8 days. */
const longestTimer = 2 ** 31 - 1;

/** A time limit (milliseconds; Infinity for none) that can be suspended while a person thinks or a queue moves. Aborts `signal` when it is over. */
export class PausableDeadline {
  readonly #controller = new AbortController();
  #remaining: number;
  #startedAt = 0;
  #suspended = 0;
  #spent = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(ms: number) {
    this.#remaining = ms;
    this.#start();
  }

  /** Its reason is `Deadline.passed`. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  static readonly passed = new Error("deadline passed");

  /** Milliseconds used up so far. */
  get spentMs(): number {
    return this.#spent + (this.#timer === undefined ? 0 : performance.now() - this.#startedAt);
  }

  /** Waits for something that does not count. */
  async suspend<T>(work: () => Promise<T>): Promise<T> {
    if (this.#suspended++ === 0) this.#stop();
    try {
      return await work();
    } finally {
      if (--this.#suspended === 0 && !this.signal.aborted) this.#start();
    }
  }

  /** Ends it without aborting. */
  cancel(): void {
    this.#stop();
    this.#suspended = Number.MAX_SAFE_INTEGER;
  }

  #start(): void {
    this.#startedAt = performance.now();
    const ms = Math.min(this.#remaining, longestTimer);
    this.#timer = setTimeout(() => {
      this.#stop();
      if (this.#remaining <= 0) this.#controller.abort(PausableDeadline.passed);
      else this.#start();
    }, ms);
  }

  #stop(): void {
    if (this.#timer === undefined) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const used = performance.now() - this.#startedAt;
    this.#spent += used;
    // A timer may fire a fraction of a millisecond early.
    this.#remaining = this.#remaining - used < 1 ? 0 : this.#remaining - used;
  }
}

/** Who uses connections goes and comes: a page is loaded anew, a script asks every half minute. */
const patienceMs = 60_000;

/** Counts who uses something, and tells when nobody has for a while. */
export class Users {
  readonly #onIdle: () => void;
  readonly #idleMs: number;
  #count = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(onIdle: () => void, idleMs = patienceMs) {
    this.#onIdle = onIdle;
    this.#idleMs = idleMs;
  }

  /** One more, until the function returned is called. */
  add(): () => void {
    clearTimeout(this.#timer);
    this.#count += 1;
    let left = false;
    return () => {
      if (left) return;
      left = true;
      this.#count -= 1;
      if (this.#count === 0) this.#wait();
    };
  }

  get any(): boolean {
    return this.#count > 0;
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  #wait(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#onIdle();
    }, this.#idleMs).unref();
  }
}

/** Not more often, so that a busy cluster costs no more than a quiet one. */
const intervalMs = 50;

export interface FrameSource {
  /** Puts what is to be seen on the screen. */
  readonly paint: () => void;
  /** The line has not taken the last frame yet. */
  readonly busy: () => boolean;
  /** Milliseconds that never go back. */
  readonly now: () => number;
}

/** When to paint: only when something has changed, at most twenty times a second, and never behind a line's back. */
export class Frames {
  readonly #source: FrameSource;
  #wanted = false;
  #paintedAtMs = Number.NEGATIVE_INFINITY;
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor(source: FrameSource) {
    this.#source = source;
  }

  /** Something has changed. */
  request(): void {
    this.#wanted = true;
    if (this.#stopped || this.#timer || this.#source.busy()) return;
    const waitMs = Math.max(0, this.#paintedAtMs + intervalMs - this.#source.now());
    // At once too: what else changes in this turn of the loop comes with it.
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#paint();
    }, waitMs);
  }

  /** The line has taken everything. */
  idle(): void {
    if (this.#wanted) this.request();
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  start(): void {
    this.#stopped = false;
    this.request();
  }

  #paint(): void {
    if (this.#stopped || !this.#wanted || this.#source.busy()) return;
    this.#wanted = false;
    this.#paintedAtMs = this.#source.now();
    this.#source.paint();
  }
}

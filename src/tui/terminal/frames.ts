/** Not more often, so that a busy cluster costs no more than a quiet one. */
const intervalMs = 50;
/** Whoever has pressed a key is answered sooner. */
const answerMs = 16;

export interface FrameSource {
  /** Puts what is to be seen on the screen. */
  readonly paint: () => void;
  /** The line has not taken the last frame yet. */
  readonly busy: () => boolean;
  /** Milliseconds that never go back. */
  readonly now: () => number;
}

/** When to paint: only when something has changed, at most twenty times a second but for keys, and never ahead of a slow line. */
export class Frames {
  readonly #source: FrameSource;
  #wanted = false;
  #pressed = false;
  /** When the timer paints. */
  #dueMs = Number.POSITIVE_INFINITY;
  #paintedAtMs = Number.NEGATIVE_INFINITY;
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor(source: FrameSource) {
    this.#source = source;
  }

  /** Something has changed; `key`: by a key. */
  request(key = false): void {
    this.#wanted = true;
    this.#pressed ||= key;
    if (this.#stopped || this.#source.busy()) return;
    const dueMs = this.#paintedAtMs + (this.#pressed ? answerMs : intervalMs);
    if (this.#timer && dueMs >= this.#dueMs) return;
    clearTimeout(this.#timer);
    this.#dueMs = dueMs;
    // Not in this turn of the loop: what else changes in it comes with it.
    this.#timer = setTimeout(
      () => {
        this.#timer = undefined;
        this.#paint();
      },
      Math.max(0, dueMs - this.#source.now()),
    );
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
    this.#pressed = false;
    this.#paintedAtMs = this.#source.now();
    this.#source.paint();
  }
}

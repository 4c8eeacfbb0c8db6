import { firstOf } from "../../abort.ts";
import type { Clock } from "../../app/ports.ts";

/** A pause that can be cut short, also by what happened before it began. */
export class Bell {
  readonly #clock: Clock;
  #rung = false;
  #waiting: AbortController | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  ring(): void {
    this.#rung = true;
    this.#waiting?.abort(heard);
  }

  /** Resolves after `ms`, when it is rung, or when the signal aborts. One waits at a time. Never rejects. */
  async wait(ms: number, signal: AbortSignal): Promise<void> {
    if (!this.#rung && !signal.aborted) {
      this.#waiting = new AbortController();
      const either = firstOf([signal, this.#waiting.signal]);
      await this.#clock.sleep(ms, either.signal).catch(() => undefined);
      either.dispose();
      this.#waiting = undefined;
    }
    this.#rung = false;
  }
}

/** Made once: an error costs more than what it is told of. */
const heard = new Error("somebody has rung");

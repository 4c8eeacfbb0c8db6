import type { OpenChannel } from "./channels.ts";

/** A sent command that is no longer waited for. */
export interface Running extends OpenChannel {
  /** The process groups it runs in, as far as they are known. */
  readonly pids: readonly number[];
  /** It runs as root through sudo. */
  readonly sudo: boolean;
}

/** Ends commands, and keeps track of those that have not ended yet, so that closing a connection can wait for them. */
export class Ending {
  readonly #commands = new Set<Promise<boolean>>();
  readonly #terminate: (running: Running) => Promise<boolean>;

  /** `terminate` resolves to whether the node was there. */
  constructor(terminate: (running: Running) => Promise<boolean>) {
    this.#terminate = terminate;
  }

  /** Returns at once. */
  end(running: Running): void {
    const gone = this.#terminate(running);
    this.#commands.add(gone);
    void gone.finally(() => this.#commands.delete(gone));
  }

  /** Resolves when all have ended, to false when the node was silent for one of them. */
  async settled(): Promise<boolean> {
    return (await Promise.all(this.#commands)).every((there) => there);
  }
}

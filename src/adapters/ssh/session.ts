import type { Client } from "ssh2";
import type { Secret } from "../../domain/secret.ts";
import type { Channels, OpenChannel } from "./channels.ts";
import type { SudoMode } from "./launch.ts";
import { terminate } from "./terminate.ts";

/** What commands on one connection share. */
export interface Session {
  readonly node: string;
  readonly client: Client;
  readonly channels: Channels;
  /** Commands that were told to end and have not yet. */
  readonly ending: Ending;
  /** How to become root here; asked once. Rejects with sudo-failed. */
  readonly sudo: (signal: AbortSignal) => Promise<{ readonly mode: SudoMode; readonly password: Secret | undefined }>;
}

/** Keeps track of commands being ended, so that closing a connection can give them their grace. */
export class Ending {
  readonly #commands = new Set<Promise<void>>();

  end(open: OpenChannel): void {
    const gone = new Promise<void>((resolve) => {
      terminate(open, resolve);
    });
    this.#commands.add(gone);
    void gone.then(() => this.#commands.delete(gone));
  }

  /** Resolves when there are none left; never later than the grace of `terminate`. */
  async settled(): Promise<void> {
    await Promise.all(this.#commands);
  }
}

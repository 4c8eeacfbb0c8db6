import type { Client } from "ssh2";
import type { GuardOptions } from "../../../app/ports.ts";
import type { Ticket } from "../../../domain/guard/command.ts";
import type { Secret } from "../../../domain/secrets/secret.ts";
import { abortable } from "../../../abort.ts";
import { type Channels, Crowded } from "../run/channels.ts";
import type { Ending } from "../run/ending.ts";
import type { SudoMode } from "../run/launch.ts";

/** What commands on one connection share. */
export interface Session {
  readonly node: string;
  readonly client: Client;
  readonly channels: Channels;
  /** For what waits for no others. */
  readonly ahead: Channels;
  readonly ending: Ending;
  /** On another connection, for when held commands have all the sessions of this one. Rejects with what connecting rejects with. */
  readonly spare: () => Promise<Session>;
  /** How to become root here; asked once. Rejects with sudo-failed. */
  readonly sudo: (signal: AbortSignal) => Promise<{ readonly mode: SudoMode; readonly password: Secret | undefined }>;
  /**
   * What a guarded command carries: the function it resolves to is called when the command is sent. Rejects with
   * connection-lost when the node does not tell its time.
   */
  readonly ticket: (options: GuardOptions, timeoutMs: number) => Promise<() => Ticket>;
  /** To be told why a command was not done. */
  readonly onRefusal: (error: unknown) => void;
}

/**
 * Does the work on this connection, or on the first spare one with room when held commands have all the sessions here.
 * Rejects with what the work and connecting reject with, or the signal's reason.
 */
export async function onFirstWithRoom<T>(
  session: Session,
  signal: AbortSignal | undefined,
  work: (session: Session) => Promise<T>,
): Promise<T> {
  for (let place = session; ; place = await abortable(place.spare(), signal)) {
    try {
      return await work(place);
    } catch (error) {
      if (!(error instanceof Crowded)) throw error;
    }
  }
}

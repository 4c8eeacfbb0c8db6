import { setMaxListeners } from "node:events";
import type { Client, ClientChannel } from "ssh2";
import { firstOf, onAbort, pause } from "../../../abort.ts";
import { PictlError } from "../../../domain/errors.ts";
import { discard } from "../connect/dial.ts";
import { Semaphore } from "../connect/gate.ts";

export interface OpenChannel {
  readonly channel: ClientChannel;
  /** How long it took to open, in milliseconds: at least the round trip to the node. */
  readonly openedInMs: number;
  /** Gives the place in the queue back; to be called when the channel is gone, or is not waited for any longer. */
  readonly release: () => void;
}

/**
 * Why a command has the right to be held open: its turn came, and it waits for what it still lacks; or there was room
 * for one that may last for ever, which is waited for by nobody and waits for no other such one.
 */
export type Hold = "in turn" | "lasting";

/** Of the places, so many are for commands that end by themselves, when others are held open. */
const placesToGetOn = 4;

/** How often a connection that never had a session tries to get one. */
const firstSessionRetries = 5;

/** Opens session channels, no more at a time than the server allows; what it allows is learnt from its refusals. */
export class Channels {
  readonly #client: Client;
  readonly #gate: Semaphore;
  readonly #held: Semaphore;
  readonly #beside: Channels | undefined;

  #lost = false;
  #succeeded = false;
  #crowding = crowdAlarm();

  /** `limit`: how many sessions to have at most; `beside`: others that have sessions on the same connection. */
  constructor(client: Client, limit: number, beside?: Channels) {
    this.#client = client;
    this.#beside = beside;
    this.#gate = new Semaphore(limit);
    this.#held = new Semaphore(heldAmong(limit));
    // ssh2 tells this before it answers what is still unanswered.
    client.once("close", () => {
      this.#lost = true;
    });
  }

  /** The right to a command that is held open while others run; resolves to what gives it back. */
  async hold(signal: AbortSignal | undefined): Promise<() => void> {
    const letGo = await this.#held.enter(signal);
    this.#tellCrowd();
    return letGo;
  }

  /** As `hold`, for one that lasts; undefined where it would have to wait. */
  holdAtOnce(): (() => void) | undefined {
    const letGo = this.#held.enterAtOnce();
    if (letGo) this.#tellCrowd();
    return letGo;
  }

  /** As `holdAtOnce`, for a session that is opened by somebody else and counts from now on. */
  lastAtOnce(): (() => void) | undefined {
    const letGo = this.holdAtOnce();
    const leave = letGo && this.#gate.enterAtOnce();
    if (letGo && !leave) letGo();
    return letGo && leave
      ? () => {
          leave();
          letGo();
        }
      : undefined;
  }

  /**
   * Sends a command line, written at that moment. `onSent` is called when the request goes out, from then on the command
   * may run, and with false when the server has refused it a session. `attach` is called while nothing that follows the
   * server's assent has been handled: later than that, an exit status that came in the same packet would be missed.
   * Rejects with connection-lost or shell-unusable when it certainly did not start, with Crowded when held commands have
   * all the sessions that the server allows, or with the signal's reason.
   */
  async exec<T>(
    write: () => string,
    signal: AbortSignal,
    {
      onSent,
      attach,
      held,
    }: {
      readonly onSent: (sent: boolean) => void;
      readonly attach: (channel: ClientChannel) => T;
      readonly held: Hold | undefined;
    },
  ): Promise<OpenChannel & { readonly attached: T }> {
    for (let refusals = 0; ;) {
      const release = await (held === "in turn" ? this.#gate.enter(signal) : this.#enterUncrowded(signal, held));
      try {
        signal.throwIfAborted();
        const line = write();
        onSent(true);
        const sentAt = performance.now();
        const opened = await this.#exec(line, signal, attach);
        this.#succeeded = true;
        return { ...opened, openedInMs: performance.now() - sentAt, release };
      } catch (error) {
        const others = this.#gate.inside - 1;
        release();
        if (!isOpenFailure(error)) throw error;
        onSent(false);
        if (others > 0) this.#limitTo(others);
        else if (this.#beside?.anyHeld) throw new Crowded();
        else if (++refusals > firstSessionRetries && !this.#succeeded) throw noSession(error);
        // sshd frees a session when its command has ended, which may be long after its channel was closed.
        else await pause(Math.min(50 * refusals, 1_000), signal);
      }
    }
  }

  /** Commands run, or wait for their turn. */
  get busy(): boolean {
    return this.#gate.inside > 0;
  }

  get anyHeld(): boolean {
    return this.#held.inside > 0;
  }

  /** As long as others than those who hold commands open may get in. */
  async #enterUncrowded(signal: AbortSignal, held: Hold | undefined): Promise<() => void> {
    const othersHeld = this.#held.inside - (held === undefined ? 0 : 1);
    if (othersHeld >= this.#gate.limit) throw new Crowded();
    const { signal: either, dispose } = firstOf([signal, this.#crowding.signal]);
    try {
      return await this.#gate.enter(either);
    } finally {
      dispose();
    }
  }

  #limitTo(places: number): void {
    this.#gate.limit = Math.min(this.#gate.limit, places);
    this.#held.limit = heldAmong(this.#gate.limit);
    this.#tellCrowd();
  }

  #tellCrowd(): void {
    if (this.#held.inside < this.#gate.limit) return;
    this.#crowding.abort(new Crowded());
    this.#crowding = crowdAlarm();
  }

  #exec<T>(
    line: string,
    signal: AbortSignal,
    attach: (channel: ClientChannel) => T,
  ): Promise<{ channel: ClientChannel; attached: T }> {
    return new Promise((resolve, reject) => {
      let gaveUp = false;
      const off = onAbort(signal, () => {
        gaveUp = true;
        reject(signal.reason as Error);
      });
      try {
        this.#client.exec(line, (error, channel) => {
          off();
          if (error) reject(isOpenFailure(error) ? error : this.#notStarted(error));
          else if (gaveUp) abandon(channel);
          else resolve({ channel, attached: attach(channel) });
        });
      } catch (error) {
        off();
        reject(this.#notStarted(error as Error));
      }
    });
  }

  #notStarted(cause: Error): Error {
    if (cause.message !== "Unable to exec") {
      return new PictlError("connection-lost", "The connection was lost before the command was started.", { cause });
    }
    if (this.#lost) return new LostAfterSending();
    return new PictlError("shell-unusable", "sshd refused to run a command for this account.", {
      hint: "Look for ForceCommand, ChrootDirectory or a restricted key in sshd's configuration.",
      cause,
    });
  }
}

/** Heard by all who wait; Node warns of more listeners than ten as of a leak. */
function crowdAlarm(): AbortController {
  const alarm = new AbortController();
  setMaxListeners(0, alarm.signal);
  return alarm;
}

function heldAmong(places: number): number {
  return Math.max(1, places - placesToGetOn);
}

/** Nothing was sent: on this connection only those who hold commands open have sessions. */
export class Crowded extends Error {}

/** The connection ended while the request to run a command was unanswered: it may have been started. */
export class LostAfterSending extends Error {}

/** A channel that opened after nobody wanted it any more. */
function abandon(channel: ClientChannel): void {
  channel.resume();
  channel.stderr.resume();
  discard(channel);
}

function isOpenFailure(error: unknown): error is Error & { reason: number | string } {
  return error instanceof Error && "reason" in error && !(error instanceof PictlError);
}

function noSession(cause: Error): PictlError {
  return new PictlError("connection-lost", `sshd opens no session (${cause.message.replace(/^\(SSH\) /, "")}).`, {
    hint: "MaxSessions in its sshd_config must be at least 1, and the account must be allowed to run commands.",
    cause,
  });
}

import { randomBytes } from "node:crypto";
import type { GuardOptions } from "../../../app/ports.ts";
import { PictlError } from "../../../domain/errors.ts";
import { commandWindowMs, type Fence, leaseOver, type Ticket } from "../../../domain/guard/command.ts";
import type { Rights } from "./rights.ts";

/** What guarded commands are wrapped in (`templates/guard.sh`). */
export interface GuardSettings {
  readonly script: () => Promise<string>;
  readonly cluster: string;
  /** In whose name commands are given; missing for commands by hand. Asked at each command. */
  readonly fence?: () => Fence | undefined;
}

export const defaultClockAgeMs = 60_000;

/** Writes the tickets of one connection's guarded commands. */
export class Guarding {
  readonly #node: string;
  readonly #rights: Rights;
  readonly #settings: GuardSettings | undefined;
  readonly #warn: (message: string) => void;
  #warned = false;

  constructor(node: string, rights: Rights, settings: GuardSettings | undefined, warn: (message: string) => void) {
    this.#node = node;
    this.#rights = rights;
    this.#settings = settings;
    this.#warn = warn;
  }

  /**
   * Fetches what a ticket needs; the function it resolves to writes the ticket, and is to be called when the command
   * is sent. Rejects with connection-lost when the node does not tell its time, with superseded when its lease is over.
   */
  async prepare(options: GuardOptions, timeoutMs: number): Promise<() => Ticket> {
    const settings = this.#settings;
    if (!settings) throw new PictlError("internal", "A guarded command needs the guard.", { node: this.#node });
    const [clock, guard] = await Promise.all([
      this.#rights.clock(options.clockAgeMs ?? defaultClockAgeMs),
      settings.script(),
    ]);
    const fence = settings.fence?.();
    if (fence && !this.#warned && !(await this.#rights.hasFlock())) {
      this.#warned = true;
      this.#warn(
        `${this.#node} has no working \`flock\`, so two daemons may give it commands at the same instant. Install util-linux or busybox on it.`,
      );
    }
    const windowMs = options.windowMs ?? Math.min(commandWindowMs, timeoutMs);
    const { lease = () => Infinity } = options;
    if (lease() <= performance.now()) throw leaseOver(this.#node);
    return () => ({
      guard,
      token: `pictl-guard-${randomBytes(6).toString("hex")}`,
      cluster: settings.cluster,
      clock,
      until: Math.min(options.until ?? performance.now() + windowMs, lease()),
      fence,
      lock: options.lock,
    });
  }

  /** A node that refuses a command because of its time has another clock than we thought. */
  onRefusal(error: unknown): void {
    if (error instanceof PictlError && (error.code === "command-late" || error.code === "node-rebooted")) {
      this.#rights.forgetClock();
    }
  }
}

import { PictlError } from "../../../domain/errors.ts";
import { type ClockSample, readClock, tellClock, whyNoClock } from "../../../domain/guard/clock.ts";
import { script } from "../../../domain/shell.ts";
import { runCommand } from "../run/run.ts";
import type { Session } from "../connect/session.ts";

/** The node's own clock, asked for when what is known of it is too old. */
export class NodeClock {
  readonly #session: Session;
  #sample: ClockSample | undefined;
  #asking: Promise<ClockSample> | undefined;

  constructor(session: Session) {
    this.#session = session;
  }

  /** Takes the sample out of what a command printed that just ended; undefined when it is not there. */
  take(stdout: string): ClockSample | undefined {
    return (this.#sample = readClock(stdout, performance.now()) ?? this.#sample);
  }

  /** No older than `maxAgeMs`. Rejects with connection-lost when the node does not tell. */
  async sample(maxAgeMs: number): Promise<ClockSample> {
    const known = this.#sample;
    if (known && performance.now() - known.at <= maxAgeMs) return known;
    const asking = (this.#asking ??= this.#ask());
    try {
      return await asking;
    } finally {
      if (this.#asking === asking) this.#asking = undefined;
    }
  }

  /** What is known of it is wrong. */
  forget(): void {
    this.#sample = undefined;
  }

  async #ask(): Promise<ClockSample> {
    const { node } = this.#session;
    const outcome = await runCommand(this.#session, script(tellClock), { timeoutMs: 10_000 });
    const { stdout } = outcome;
    const sample = readClock(stdout, performance.now());
    if (sample) return (this.#sample = sample);
    const { why, hint } = whyNoClock(stdout);
    throw new PictlError("connection-lost", `${node} ${why}.`, { node, hint });
  }
}

import { PictlError } from "../../../domain/errors.ts";
import { type ClockSample, parseClock } from "../../../domain/guard/clock.ts";
import { script } from "../../../domain/shell.ts";
import { run } from "../run/run.ts";
import type { Session } from "../connect/session.ts";

/** sh text that prints a line for `NodeClock.take`. */
export const tellClock =
  'read -r b </proc/sys/kernel/random/boot_id && read -r u _ </proc/uptime && echo "clock $b $u"';

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
    const line = stdout.split("\n").find((each) => each.startsWith("clock "));
    const sample = parseClock(line?.slice("clock ".length) ?? "", performance.now());
    return (this.#sample = sample ?? this.#sample);
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
    const outcome = await run(this.#session, script(tellClock), { timeoutMs: 10_000 });
    const sample = outcome.status === "ok" ? this.take(outcome.stdout) : undefined;
    if (sample) return sample;
    throw new PictlError("connection-lost", `${node} did not tell the time since its start (/proc/uptime).`, { node });
  }
}

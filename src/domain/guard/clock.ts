/** A node's own clock, as it was told to us. */
export interface ClockSample {
  /** Another one after each boot. */
  readonly bootId: string;
  /** `/proc/uptime`, milliseconds. */
  readonly uptimeMs: number;
  /**
   * Our monotonic time when the answer arrived. The uptime was read before that, so what is computed from a sample is
   * on the early side.
   */
  readonly at: number;
}

/** How much faster or slower than ours a node's clock may run. */
export const clockDrift = 500e-6;

/**
 * The moment `until` (our monotonic milliseconds) on the node's clock, in hundredths of a second as `guard.sh` counts
 * them. Never later than it really is there, whatever the drift.
 */
export function deadlineOn(sample: ClockSample, until: number): number {
  const ahead = until - sample.at;
  return Math.floor((sample.uptimeMs + ahead - Math.abs(ahead) * clockDrift) / 10);
}

/** Reads `BOOT_ID UPTIME` with the uptime as /proc shows it, in seconds; undefined for anything else. */
export function parseClock(text: string, at: number): ClockSample | undefined {
  const [, bootId, uptime] = /^([0-9a-f-]{8,64}) (\d+\.\d+)\b/.exec(text) ?? [];
  return bootId === undefined ? undefined : { bootId, uptimeMs: Number(uptime) * 1000, at };
}

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

/** sh text that prints a line for `readClock`. */
export const tellClock = [
  "b= u=",
  "{ read -r b </proc/sys/kernel/random/boot_id; read -r u _ </proc/uptime; } 2>/dev/null",
  'echo "clock $b $u"',
].join("\n");

/** The sample in what `tellClock` printed; undefined when it is not there. */
export function readClock(stdout: string, at: number): ClockSample | undefined {
  const [, bootId, uptime] = /^clock ([0-9a-f-]{8,64}) (\d+\.\d+)$/m.exec(stdout) ?? [];
  return bootId === undefined ? undefined : { bootId, uptimeMs: Number(uptime) * 1000, at };
}

/** What is wrong with what `tellClock` printed, said of the node, and what to do. */
export function whyNoClock(stdout: string): { readonly why: string; readonly hint: string } {
  const [, bootId, uptime] = /^clock (\S*) (\S*)$/m.exec(stdout) ?? [];
  if (bootId === undefined || uptime === undefined) {
    return {
      why: "did not tell its clock",
      hint: "Its login shell must run commands of sh: `pictl doctor` looks at it.",
    };
  }
  const file = /^[0-9a-f-]{8,64}$/.test(bootId) ? "/proc/uptime" : "/proc/sys/kernel/random/boot_id";
  return {
    why: `has nothing of use in ${file}, without which nobody can tell that it was not restarted meanwhile`,
    hint: `Look at it there (\`cat ${file}\`): something hides it, such as a container or a mount over /proc.`,
  };
}

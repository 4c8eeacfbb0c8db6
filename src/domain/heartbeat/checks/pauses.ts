/** Seconds between a restart and the next one of a container whose check goes on failing. */
const pauses = [0, 10, 30, 60, 120, 300];

/** Whether a failing container may be restarted now; `restarts` since its check last succeeded. Never a hot loop. */
export function mayRestart(
  { restarts, lastRestartAt }: { readonly restarts: number; readonly lastRestartAt: number | null },
  now: number,
): boolean {
  if (lastRestartAt === null) return true;
  const pause = pauses[Math.min(restarts, pauses.length - 1)] ?? 0;
  return now - lastRestartAt >= pause * 1000;
}

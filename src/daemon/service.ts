import { execFile } from "node:child_process";
import type { Clock } from "../app/ports.ts";

/** This process as the service manager sees it. */
export interface Service {
  /** A loop has made a turn, and makes the next one within `patienceMs`. */
  alive(patienceMs: number): void;
  stop(): void;
}

/** On top of what a loop says, for rounds that take long. */
const slackMs = 60_000;

/**
 * Tells systemd that we are ready, and again and again that we are alive, while the loops are (sd_notify(3)); where
 * there is no systemd, nothing. Through `systemd-notify`: Node has no datagram sockets in the file system.
 */
export function startService(
  env: Readonly<Record<string, string | undefined>>,
  clock: Pick<Clock, "monotonic">,
  notify: (words: readonly string[]) => void = systemdNotify,
): Service {
  const tell = (...words: readonly string[]): void => {
    if (env["NOTIFY_SOCKET"]) notify(words);
  };
  const watchdogMs = Number(env["WATCHDOG_USEC"] ?? 0) / 1000;
  let aliveUntil = clock.monotonic() + slackMs;
  const timer =
    watchdogMs > 0
      ? setInterval(() => {
          // A loop that hangs must not be kept alive by a timer that does not.
          if (clock.monotonic() < aliveUntil) tell("WATCHDOG=1");
        }, watchdogMs / 3)
      : undefined;
  timer?.unref();
  tell("--ready", "--status=Watching the cluster.");
  return {
    alive(patienceMs) {
      aliveUntil = clock.monotonic() + patienceMs + slackMs;
    },
    stop() {
      clearInterval(timer);
      tell("STOPPING=1");
    },
  };
}

function systemdNotify(words: readonly string[]): void {
  // What cannot be told is missed by systemd's own timers, which say so.
  execFile("systemd-notify", [...words], () => undefined);
}

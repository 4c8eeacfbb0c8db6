import type { Ports } from "../app/ports.ts";
import type { Config } from "../domain/config/types.ts";
import { Bell } from "./feed/bell.ts";
import type { Live } from "./live.ts";
import { statusChanges, type StatusChanges, statusNow, type StatusNow, type StatusScope } from "./status.ts";

/** Nobody reads faster. */
const leastMs = 200;
/** What is shown has an age. */
const mostMs = 1000;
/** A node that has not told by then is not waited for. */
const patienceMs = 3000;

export interface FollowStatus {
  /** What is asked for, of the config that is in force. */
  readonly scope: (config: Config) => StatusScope;
  /** Called again and again while it changes, and with its age. A pending promise is waited for. */
  readonly onStatus?: (status: StatusNow) => void | Promise<void>;
  /** Called first with everything, and then with what has changed. A pending promise is waited for. */
  readonly onChanges?: (changes: StatusChanges) => void | Promise<void>;
}

/** `pictl status --watch`: until the signal aborts. Never rejects but for what the listeners reject with. */
export async function followStatus(
  { clock, signal }: Pick<Ports, "clock" | "signal">,
  live: Live,
  { scope, onStatus, onChanges }: FollowStatus,
): Promise<void> {
  const bell = new Bell(clock);
  const leave = live.subscribe(() => {
    bell.ring();
  });
  const begunAt = clock.monotonic();
  let before: StatusNow | undefined;
  try {
    while (!isOver(signal)) {
      const model = live.current();
      const now = statusNow(model, scope(model.config.config), clock.now());
      if (before !== undefined || now.complete || clock.monotonic() - begunAt >= patienceMs) {
        const changes = statusChanges(before, now);
        if (changes) await onChanges?.(changes);
        await onStatus?.(now);
        before = now;
      }
      await clock.sleep(leastMs, signal).catch(() => undefined);
      await bell.wait(mostMs - leastMs, signal);
    }
  } finally {
    leave();
  }
}

/** Asked anew each time, since it changes while others work. */
function isOver(signal: AbortSignal): boolean {
  return signal.aborted;
}

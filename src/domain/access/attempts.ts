/** Failed logins, and those that have not ended: they are counted before a password is looked at. */
export interface LoginAttempt {
  readonly key: string;
  /** How many are let through in `attemptsWindowMs`. */
  readonly most: number;
}

const attemptsWindowMs = 60_000;
const maxKeys = 10_000;

/**
 * Which counters a try to log in is counted by. A user from one address has five tries a minute. An address has more, as
 * several people may sit behind it; a user too, so that nobody keeps another out by guessing from elsewhere, and yet
 * cannot guess from everywhere.
 */
export function attemptsOf(address: string, user: string): readonly LoginAttempt[] {
  const network = networkOf(address);
  return [
    { key: `both ${network} ${user}`, most: 5 },
    { key: `address ${network}`, most: 20 },
    { key: `user ${user}`, most: 50 },
  ];
}

/** Of IPv6 a whole /64, which one machine may have. */
function networkOf(address: string): string {
  if (!address.includes(":")) return address;
  const [head = "", tail] = address.split("::");
  const groups = head.split(":");
  const missing = tail === undefined ? 0 : 8 - groups.length - tail.split(":").length;
  return [...groups, ...Array.from({ length: Math.max(missing, 0) }, () => "0"), ...(tail ?? "").split(":")]
    .slice(0, 4)
    .join(":");
}

/** The attempts of the last minute. A value: each change makes a new one. */
export type Attempts = ReadonlyMap<string, readonly number[]>;

/** Counts a try; how many milliseconds to wait instead where there were too many. */
export function countAttempt(
  attempts: Attempts,
  wanted: readonly LoginAttempt[],
  nowMs: number,
): { readonly attempts: Attempts; readonly waitMs: number } {
  const recent = (key: string): readonly number[] =>
    (attempts.get(key) ?? []).filter((at) => nowMs - at < attemptsWindowMs);
  const waits = wanted.map(({ key, most }) => {
    const times = recent(key);
    const first = times[times.length - most];
    return first === undefined ? 0 : first + attemptsWindowMs - nowMs;
  });
  const waitMs = Math.max(0, ...waits);
  if (waitMs > 0) return { attempts, waitMs };
  const next = new Map(attempts);
  for (const { key } of wanted) {
    const times = [...recent(key), nowMs];
    // The newest last: what was not tried for longest is forgotten first.
    next.delete(key);
    next.set(key, times);
  }
  for (const key of next.keys()) {
    if (next.size <= maxKeys) break;
    next.delete(key);
  }
  return { attempts: next, waitMs: 0 };
}

/** Takes back a try that was right. */
export function forgetAttempt(attempts: Attempts, wanted: readonly LoginAttempt[]): Attempts {
  const next = new Map(attempts);
  for (const { key } of wanted) next.delete(key);
  return next;
}

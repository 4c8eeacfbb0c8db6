/**
 * When to try a connection again. sshd drops connections at random while too many are unauthenticated (MaxStartups)
 * and says so only by closing; nothing but trying again tells that apart from a host that always closes. Everything
 * else is final: a refused port, a wrong key and a wrong host key do not get better, and repeating a failed
 * authentication gets the address banned.
 */
export type ConnectStage = "resolve" | "connect" | "banner" | "kex" | "auth";

export interface FailedAttempt {
  readonly stage: ConnectStage;
  /** The peer ended the connection (as opposed to: refused, timed out, could not be verified). */
  readonly droppedByPeer: boolean;
  /** 1 for the first. */
  readonly attempt: number;
  /** Milliseconds spent on attempts and pauses so far; waiting for a turn does not count. */
  readonly spentMs: number;
  readonly budgetMs: number;
  /** In [0, 1). */
  readonly random: number;
}

/**
 * Milliseconds to wait before the next attempt, or undefined to give up. Exponential with full jitter, so that forty
 * connections dropped together do not come back together ("Exponential Backoff And Jitter", AWS 2015).
 */
export function retryDelay(failed: FailedAttempt): number | undefined {
  if (!failed.droppedByPeer || (failed.stage !== "banner" && failed.stage !== "kex")) return undefined;
  const ceiling = Math.min(2_000, 100 * 2 ** (failed.attempt - 1));
  const delay = 20 + failed.random * ceiling;
  return failed.spentMs + delay < failed.budgetMs ? delay : undefined;
}

/**
 * How many handshakes one host may be sent at a time: halved by a drop, one more after each success, at most `most`
 * (additive increase, multiplicative decrease). Never below 1.
 */
export function nextWindow(current: number, outcome: "dropped" | "succeeded", most: number): number {
  return outcome === "dropped" ? Math.max(1, Math.floor(current / 2)) : Math.min(most, current + 1);
}

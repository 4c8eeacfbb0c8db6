/** A login, as it is kept: who has its secret is logged in, and only a digest of that is here. */
export interface SavedSession {
  /** SHA-256 of its secret, hexadecimal. */
  readonly digest: string;
  readonly user: string;
  /** `address`: by the address that is printed when there is no user. */
  readonly by: "password" | "address";
  /** What it rests on: it ends when the user's password is another. */
  readonly proof: string;
  /** Milliseconds since the epoch. */
  readonly openedAt: number;
  readonly usedAt: number;
}

const sessionIdleMs = 12 * 3_600_000;
export const sessionLifeMs = 7 * 24 * 3_600_000;
/** More are not kept: the one that was used least recently ends. */
export const maxSessions = 500;

/** When it ends unless it is used, milliseconds since the epoch. */
export function sessionEnd({ openedAt, usedAt }: Pick<SavedSession, "openedAt" | "usedAt">): number {
  return Math.min(usedAt + sessionIdleMs, openedAt + sessionLifeMs);
}

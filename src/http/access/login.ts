import { randomBytes, timingSafeEqual } from "node:crypto";
import { digestOf } from "../../app/access/accounts.ts";
import type { Clock } from "../../app/ports.ts";
import { type Attempts, attemptsOf, countAttempt, forgetAttempt } from "../../domain/access/attempts.ts";
import { RequestRefused } from "../refusal.ts";
import type { Credentials, KnownUser } from "./credentials.ts";

export type LoginWish =
  | { readonly username: string; readonly password: string }
  /** What stood in the printed address. */
  | { readonly code: string };

export interface LoginAttempts {
  /** Rejects with a Refusal: not-logged-in, or too-many-requests with the seconds to wait. */
  login(wish: LoginWish, address: string): Promise<{ readonly user: KnownUser; readonly by: "password" | "address" }>;
  /** A new code for the printed address, in place of the one before; good once, and for an hour. */
  newCode(): string;
}

const codeLifeMs = 3_600_000;

export function openLogin(options: {
  readonly credentials: Credentials;
  readonly clock: Pick<Clock, "now" | "monotonic">;
  readonly addressUser: KnownUser;
}): LoginAttempts {
  const { credentials, clock, addressUser } = options;
  let attempts: Attempts = new Map();
  let code: { readonly digest: string; readonly until: number } | undefined;

  const check = async (wish: LoginWish): Promise<KnownUser | undefined> => {
    if (!("code" in wish)) return credentials.login(wish.username, wish.password);
    const right =
      code !== undefined &&
      clock.monotonic() < code.until &&
      timingSafeEqual(Buffer.from(digestOf(wish.code)), Buffer.from(code.digest));
    // Good once, and not beside users that somebody has made since.
    if (!right || (await credentials.hasUsers())) return undefined;
    code = undefined;
    return addressUser;
  };

  return {
    async login(wish, address) {
      const wanted = attemptsOf(address, "code" in wish ? "" : wish.username.slice(0, 64));
      const counted = countAttempt(attempts, wanted, clock.monotonic());
      attempts = counted.attempts;
      if (counted.waitMs > 0) {
        const seconds = Math.ceil(counted.waitMs / 1000);
        throw new RequestRefused(429, "too-many-requests", `Too many tries to log in: try again in ${seconds} s.`, {
          headers: { "retry-after": String(seconds) },
        });
      }
      const user = await check(wish);
      if (!user) {
        throw "code" in wish
          ? new RequestRefused(401, "not-logged-in", "This address was used already, or is not the last one printed.", {
              hint: "Start `pictl serve` again for another one, or make a user: `pictl serve user add`.",
            })
          : new RequestRefused(401, "not-logged-in", "The user or the password is wrong.");
      }
      attempts = forgetAttempt(attempts, wanted);
      return { user, by: "code" in wish ? "address" : "password" };
    },
    newCode() {
      const fresh = randomBytes(24).toString("base64url");
      code = { digest: digestOf(fresh), until: clock.monotonic() + codeLifeMs };
      return fresh;
    },
  };
}

import { PictlError } from "../errors.ts";
import type { Role } from "./role.ts";

/** Who may come in over HTTP, beside those whom the config names. */
export interface Accounts {
  readonly users: readonly User[];
  readonly tokens: readonly ApiToken[];
}

export interface User {
  readonly name: string;
  readonly role: Role;
  readonly password: PasswordHash;
  /** RFC 3339, UTC. */
  readonly addedAt: string;
}

/** A password, as scrypt (RFC 7914) keeps it. */
export interface PasswordHash {
  readonly n: number;
  readonly r: number;
  readonly p: number;
  /** Base64. */
  readonly salt: string;
  readonly hash: string;
}

export interface ApiToken {
  readonly name: string;
  readonly role: Role;
  /** SHA-256 of the token, hexadecimal: it has 32 random bytes, so that nobody finds it from there. */
  readonly digest: string;
  readonly addedAt: string;
  /** Null: it does not end. */
  readonly expiresAt: string | null;
}

export const noAccounts: Accounts = { users: [], tokens: [] };

/** Throws usage for a name that would be hard to read in a list, or to tell from another. */
export function checkAccountName(name: string): void {
  if (/^[A-Za-z0-9][A-Za-z0-9._@-]{0,62}$/.test(name)) return;
  throw new PictlError(
    "usage",
    `${JSON.stringify(name)} is no name: letters, digits and . _ @ - are, up to 63 of them.`,
  );
}

/** Throws usage for a password that is guessed soon. */
export function checkPassword(password: string, name: string): void {
  const hint = "A few words that do not belong together are good, and easy to remember.";
  if (password.length < 8) throw new PictlError("usage", "The password has less than 8 characters.", { hint });
  if (password.length > 1024) throw new PictlError("usage", "The password has more than 1024 characters.");
  if (password.toLowerCase().includes(name.toLowerCase()) && password.length < name.length + 6) {
    throw new PictlError("usage", "The password is little more than the user's name.", { hint });
  }
}

export function isExpired({ expiresAt }: Pick<ApiToken, "expiresAt">, nowMs: number): boolean {
  return expiresAt !== null && Date.parse(expiresAt) <= nowMs;
}

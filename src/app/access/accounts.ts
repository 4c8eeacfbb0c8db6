import { createHash } from "node:crypto";
import {
  type Accounts,
  type ApiToken,
  checkAccountName,
  checkPassword,
  isExpired,
  noAccounts,
  type PasswordHash,
  type User,
} from "../../domain/access/accounts.ts";
import type { Role } from "../../domain/access/role.ts";
import { PictlError } from "../../domain/errors.ts";
import { record } from "../kit/record.ts";
import type { Report } from "../kit/report.ts";
import type { AccessState, Ports } from "../ports.ts";
import { hashPassword } from "./password.ts";

export type AccountPorts = Pick<Ports, "events" | "clock" | "actor"> & Pick<AccessState, "accounts">;

export interface TokenRow extends Pick<ApiToken, "name" | "role" | "expiresAt"> {
  readonly addedAt: string;
  readonly expired: boolean;
}

/**
 * Adds a token; its text is in the result and nowhere else, ever. `random`: 32 random bytes. Throws usage for a name that
 * is taken.
 */
export async function addToken(
  ports: AccountPorts,
  input: { readonly name: string; readonly role: Role; readonly days: number | undefined; readonly random: Uint8Array },
): Promise<Report<{ tokens: readonly (Pick<ApiToken, "name" | "role" | "expiresAt"> & { token: string })[] }>> {
  const { name, role, days } = input;
  checkAccountName(name);
  // Scanners that look for secrets in repositories find it by its first word.
  const token = `pictl_${Buffer.from(input.random).toString("base64url")}`;
  const now = ports.clock.now();
  const expiresAt = days === undefined ? null : new Date(now + days * 86_400_000).toISOString();
  await change(ports, (accounts) => {
    refuseTaken(accounts.tokens, name, "token");
    const added = { name, role, digest: digestOf(token), addedAt: new Date(now).toISOString(), expiresAt };
    return { ...accounts, tokens: [...accounts.tokens, added] };
  });
  await record(ports, { type: "token.added", after: { name, role, expiresAt } });
  return { result: { tokens: [{ name, role, expiresAt, token }] }, failures: [] };
}

export async function listTokens(ports: AccountPorts): Promise<Report<{ tokens: readonly TokenRow[] }>> {
  const { tokens } = (await ports.accounts.read()) ?? noAccounts;
  const now = ports.clock.now();
  const rows = tokens.map(({ digest: _, ...token }) => ({ ...token, expired: isExpired(token, now) }));
  return { result: { tokens: rows }, failures: [] };
}

/** Throws usage when there is none of that name. */
export async function removeToken(ports: AccountPorts, name: string): Promise<Report<{ tokens: readonly object[] }>> {
  await change(ports, (accounts) => ({ ...accounts, tokens: without(accounts.tokens, name, "token") }));
  await record(ports, { type: "token.removed", before: { name } });
  return { result: { tokens: [{ name, changed: true }] }, failures: [] };
}

/**
 * Adds a user, or with `replace` gives one another password and role. `salt`: 16 random bytes. Throws usage for a name
 * that is taken, and for a password that is guessed soon.
 */
export async function addUser(
  ports: AccountPorts,
  input: {
    readonly name: string;
    readonly role: Role;
    readonly password: string;
    readonly replace: boolean;
    readonly salt: Uint8Array;
  },
): Promise<Report<{ users: readonly object[] }>> {
  const { name, role } = input;
  checkAccountName(name);
  checkPassword(input.password, name);
  const password: PasswordHash = await hashPassword(input.password, input.salt);
  await change(ports, (accounts) => {
    if (!input.replace) refuseTaken(accounts.users, name, "user");
    const added = { name, role, password, addedAt: new Date(ports.clock.now()).toISOString() };
    return { ...accounts, users: [...accounts.users.filter((user) => user.name !== name), added] };
  });
  await record(ports, { type: "user.added", after: { name, role } });
  return { result: { users: [{ name, role, changed: true }] }, failures: [] };
}

export async function listUsers(
  ports: AccountPorts,
): Promise<Report<{ users: readonly Pick<User, "name" | "role" | "addedAt">[] }>> {
  const { users } = (await ports.accounts.read()) ?? noAccounts;
  return { result: { users: users.map(({ name, role, addedAt }) => ({ name, role, addedAt })) }, failures: [] };
}

/** Ends the user's sessions, too. Throws usage when there is none of that name. */
export async function removeUser(ports: AccountPorts, name: string): Promise<Report<{ users: readonly object[] }>> {
  await change(ports, (accounts) => ({ ...accounts, users: without(accounts.users, name, "user") }));
  await record(ports, { type: "user.removed", before: { name } });
  return { result: { users: [{ name, changed: true }] }, failures: [] };
}

/** How secrets of 32 random bytes are kept. */
export function digestOf(secret: string): string {
  return createHash("sha256").update(secret).digest("hex");
}

function change(ports: AccountPorts, how: (accounts: Accounts) => Accounts): Promise<Accounts> {
  return ports.accounts.update((accounts) => how(accounts ?? noAccounts));
}

function refuseTaken(rows: readonly { readonly name: string }[], name: string, what: "token" | "user"): void {
  if (!rows.some((row) => row.name === name)) return;
  throw new PictlError("usage", `There is a ${what} "${name}" already.`, {
    hint:
      what === "user"
        ? "Say `--replace` to give it another password and role."
        : `Take another name, or \`pictl serve token remove ${name}\` first.`,
  });
}

function without<Row extends { readonly name: string }>(
  rows: readonly Row[],
  name: string,
  what: string,
): readonly Row[] {
  const left = rows.filter((row) => row.name !== name);
  if (left.length === rows.length) {
    throw new PictlError("usage", `There is no ${what} "${name}".`, { hint: `See \`pictl serve ${what} list\`.` });
  }
  return left;
}

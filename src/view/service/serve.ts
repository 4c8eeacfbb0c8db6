import type { TokenRow } from "../../app/access/accounts.ts";
import type { Style } from "../text/style.ts";
import { table } from "../text/table.ts";

/** Where the server listens, and how to get in while there is no user. */
export function listeningView(listening: {
  readonly url: string;
  readonly legacyUrl?: string;
  readonly loginUrl?: string;
  readonly fingerprint?: string;
}): string {
  const { url, legacyUrl, loginUrl, fingerprint } = listening;
  return [
    `Serving on ${url}`,
    ...(legacyUrl === undefined ? [] : [`PiCluster's own routes are on ${legacyUrl}`]),
    ...(fingerprint === undefined ? [] : [`The certificate was made here; its SHA-256 fingerprint: ${fingerprint}`]),
    ...(loginUrl === undefined
      ? []
      : [
          `There is no user yet. This address logs you in, once: ${loginUrl}`,
          "Make a user: pictl serve user add --name NAME --role admin",
        ]),
    "",
  ].join("\n");
}

/** The token once, alone on its line, as it is copied. */
export function newTokenView(result: { tokens: readonly { name: string; role: string; token: string }[] }): string {
  return result.tokens
    .map(({ name, role, token }) => `Token ${name} (${role}), shown now and never again:\n${token}\n`)
    .join("");
}

export function tokensView({ tokens }: { tokens: readonly TokenRow[] }, style: Style): string {
  if (tokens.length === 0) return "There are no tokens.\n";
  return table<TokenRow>(
    style,
    [
      { title: "NAME", value: (row) => row.name, min: 8 },
      { title: "ROLE", value: (row) => row.role },
      { title: "ADDED", value: (row) => row.addedAt.slice(0, 10) },
      {
        title: "ENDS",
        value: (row) => (row.expired ? "expired" : (row.expiresAt?.slice(0, 10) ?? "never")),
        tone: (row) => (row.expired ? "bad" : undefined),
      },
    ],
    tokens,
  );
}

interface UserRow {
  readonly name: string;
  readonly role: string;
  readonly addedAt: string;
}

export function usersView({ users }: { users: readonly UserRow[] }, style: Style): string {
  if (users.length === 0) return "There are no users.\n";
  return table<UserRow>(
    style,
    [
      { title: "NAME", value: (row) => row.name, min: 8 },
      { title: "ROLE", value: (row) => row.role },
      { title: "ADDED", value: (row) => row.addedAt.slice(0, 10) },
    ],
    users,
  );
}

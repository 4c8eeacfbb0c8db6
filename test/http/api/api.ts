import { randomBytes } from "node:crypto";
import { addToken, addUser } from "../../../src/app/access/accounts.ts";
import { type Role, roles } from "../../../src/domain/access/role.ts";
import type { ServeInput } from "../../../src/http/index.ts";
import { quietContext } from "../../support/quiet-context.ts";
import { configFile, sessionCookie, startServer, type TestServer } from "../server.ts";

export type Headers = Readonly<Record<string, string>>;

export interface ApiServer extends TestServer {
  /** The headers of a script with this role. */
  token(role: Role): Headers;
  /** The headers of our page, once somebody of this role has logged in. */
  session(role: Role): Promise<Headers>;
}

/** The real server, with a token for each role, and with `users`, of which each takes some tenths of a second. */
export async function startApi(
  config = configFile(),
  { users = [], ...instead }: Partial<ServeInput> & { readonly users?: readonly Role[] } = {},
): Promise<ApiServer> {
  const tokens = new Map<Role, string>();
  const context = await quietContext(config, "pictl serve user add");
  const ports = { ...context.ports, ...context.access };
  for (const role of roles) {
    const report = await addToken(ports, { name: role, role, days: undefined, random: randomBytes(32) });
    tokens.set(role, report.result.tokens[0]?.token ?? "");
  }
  const passwordOf = (role: Role): string => `the ${role} of this test`;
  for (const role of users) {
    await addUser(ports, { name: role, role, password: passwordOf(role), replace: false, salt: randomBytes(16) });
  }
  await context.close();
  const server = await startServer(config, instead);
  return {
    ...server,
    token: (role) => ({ authorization: `Bearer ${tokens.get(role) ?? ""}` }),
    async session(role) {
      const cookie = await sessionCookie(server, { username: role, password: passwordOf(role) });
      return { ...server.page, "sec-fetch-site": "same-origin", cookie };
    },
  };
}

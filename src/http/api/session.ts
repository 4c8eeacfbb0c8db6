import { Hono } from "hono";
import * as z from "zod/mini";
import { cookieName, readCookie, setCookie } from "../access/cookie.ts";
import type { Requester } from "../access/identity.ts";
import type { LoginAttempts } from "../access/login.ts";
import type { Sessions } from "../access/sessions.ts";
import { answer } from "../answer.ts";
import type { Audit } from "../audit.ts";
import type { ServerEnv } from "../env.ts";
import { readBody } from "../guard/body.ts";
import { refuseForeignPage } from "../guard/origin.ts";
import type { Limits } from "../limits.ts";
import { RequestRefused } from "../refusal.ts";

export interface SessionParts {
  readonly login: LoginAttempts;
  readonly sessions: Sessions;
  readonly audit: Audit;
  readonly port: () => number;
  readonly limits: Limits;
  /** What the console shows and needs to know of this server, beside who is logged in. */
  readonly about: () => Promise<object>;
}

const text = (most: number) => z.string().check(z.minLength(1), z.maxLength(most));
const wish = z.union([
  z.strictObject({ username: text(256), password: text(1024) }),
  z.strictObject({ code: text(256) }),
]);

/** Logging in and out: POST, GET and DELETE `/session`. */
export function sessionRoutes({ login, sessions, audit, port, about, limits }: SessionParts): Hono<ServerEnv> {
  const routes = new Hono<ServerEnv>();

  routes.post("/", async (context) => {
    const client = context.get("client");
    // Also without a cookie: a page elsewhere could log its visitor in as somebody else.
    if (context.req.header("origin") !== undefined) {
      refuseForeignPage("POST", context.env.incoming.headers, client);
    }
    const wanted = wish.safeParse(await readBody(context.env.incoming, limits.bodyBytes));
    if (!wanted.success) {
      throw new RequestRefused(400, "request-invalid", 'Log in with {"username": …, "password": …}, as JSON.');
    }
    const name = "code" in wanted.data ? "by the printed address" : wanted.data.username;
    const { user, by } = await login.login(wanted.data, client.address).catch(async (error: unknown) => {
      await audit.refused(name, client, error instanceof RequestRefused ? error.message : "It failed.");
      throw error;
    });
    const { secret } = await sessions.open(user, by);
    await audit.opened(user.name, by, client);
    const before = readCookie(context.req.header("cookie"), cookieName(port(), client));
    const old = before === undefined ? undefined : await sessions.find(before);
    if (old) await sessions.end(old.key);
    const response = await described({ ...user, by: "session" }, about);
    response.headers.append("set-cookie", setCookie(cookieName(port(), client), secret, client));
    return response;
  });

  routes.get("/", async (context) => {
    const identity = context.get("identity");
    if (!identity) throw new RequestRefused(401, "not-logged-in", "Nobody has logged in.");
    return described(identity, about);
  });

  routes.delete("/", async (context) => {
    const [identity, client] = [context.get("identity"), context.get("client")];
    if (identity?.by === "session") {
      await sessions.end(identity.key);
      await audit.closed(identity.name, client);
    }
    const response = answer({ result: {}, failures: [] });
    response.headers.append("set-cookie", setCookie(cookieName(port(), client), "", client));
    return response;
  });

  return routes;
}

async function described(
  { name, role, by }: Pick<Requester, "name" | "role" | "by">,
  about: SessionParts["about"],
): Promise<Response> {
  return answer({ result: { sessions: [{ user: name, role, by }], server: await about() }, failures: [] });
}

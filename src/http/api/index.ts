import { Hono, type MiddlewareHandler } from "hono";
import type { Role } from "../../domain/access/role.ts";
import type { Gate } from "../access/gate.ts";
import type { ServerEnv } from "../env.ts";
import { type SessionParts, sessionRoutes } from "./session.ts";

export interface ApiParts extends SessionParts {
  readonly gate: Gate;
  /** Of pictl. */
  readonly version: string;
}

/**
 * The API, for `/api/v1`. The routes of `src/operations` are mounted here: one loop over the table, each behind
 * `requires(gate, role)`. Bodies are read by `readJson` of guard/body.ts, which has a limit.
 */
export function apiRoutes(parts: ApiParts): Hono<ServerEnv> {
  const { gate, version } = parts;
  const api = new Hono<ServerEnv>();
  api.use(async (context, next) => {
    context.set("identity", await gate.identify(context.env.incoming, context.get("client")));
    await next();
  });
  api.route("/session", sessionRoutes(parts));
  api.get("/version", requires(gate, "viewer"), (context) => context.json({ version, api: 1 }));
  return api;
}

/** Lets nobody pass without the role; what is denied is in the event log. */
function requires(gate: Gate, role: Role): MiddlewareHandler<ServerEnv> {
  return async (context, next) => {
    const what = `${context.req.method} ${context.req.path}`;
    await gate.require(context.get("identity"), role, context.get("client"), what);
    await next();
  };
}

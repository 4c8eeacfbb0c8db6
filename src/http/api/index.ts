import { Hono, type MiddlewareHandler } from "hono";
import type { Role } from "../../domain/access/role.ts";
import type { AccessGate } from "../access/gate.ts";
import type { ServerEnv } from "../env.ts";
import { jobRoutes } from "./jobs.ts";
import { openApiDocument } from "./openapi.ts";
import { type OperationParts, operationRoutes } from "./operations.ts";
import { type SessionParts, sessionRoutes } from "./session.ts";

export interface ApiParts extends SessionParts, OperationParts {
  /** Of pictl. */
  readonly version: string;
}

/** The API, for `/api/v1`: a route for each operation of the table, and what is none. */
export function apiRoutes(parts: ApiParts): Hono<ServerEnv> {
  const { gate, version } = parts;
  const api = new Hono<ServerEnv>();
  api.use(async (context, next) => {
    context.set("identity", await gate.identify(context.env.incoming, context.get("client")));
    await next();
  });
  api.route("/session", sessionRoutes(parts));
  api.get("/version", requires(gate, "viewer"), (context) => context.json({ version, api: 1 }));
  api.get("/openapi.json", requires(gate, "viewer"), (context) => context.json(openApiDocument(version)));
  const behind = (role: Role): MiddlewareHandler<ServerEnv> => requires(gate, role);
  api.route("/jobs", jobRoutes(parts.jobs, behind));
  operationRoutes(api, parts, behind);
  return api;
}

/** Lets nobody pass without the role; what is denied is in the event log. */
function requires(gate: AccessGate, role: Role): MiddlewareHandler<ServerEnv> {
  return async (context, next) => {
    const what = `${context.req.method} ${context.req.path}`;
    await gate.require(context.get("identity"), role, context.get("client"), what);
    await next();
  };
}

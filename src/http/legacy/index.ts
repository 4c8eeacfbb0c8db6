import { type Context, Hono } from "hono";
import { operationOf } from "../../operations/index.ts";
import type { Operation } from "../../operations/operation.ts";
import { failureText } from "../../view/failures.ts";
import { localTime } from "../../view/text/units.ts";
import type { Requester } from "../access/identity.ts";
import type { Tokens } from "../access/tokens.ts";
import { answeredFailures, statusOfError } from "../answer.ts";
import { leaving } from "../api/lines.ts";
import type { OperationParts } from "../api/operations.ts";
import type { Audit } from "../audit.ts";
import type { ServerEnv } from "../env.ts";
import { readBody } from "../guard/body.ts";
import { type Doors, identifyClient } from "../guard/client.ts";
import { securityHeaders } from "../guard/headers.ts";
import { RequestRefused } from "../refusal.ts";
import { openLegacyLog } from "./log.ts";
import { type LegacyRoute, legacyRoutes, type Said } from "./routes.ts";
import { plain, printed } from "./run.ts";

export interface LegacyParts extends OperationParts {
  readonly tokens: Tokens;
  readonly audit: Audit;
  readonly doors: Doors;
  /** Of pictl. */
  readonly version: string;
}

/**
 * The HTTP interface of the original PiCluster, for its clients: `token` in the address, plain text, and `GET /log` with
 * what the operations printed. The answer comes when the operation is over. Else it is as over the API: roles, jobs, events.
 */
export function legacyApp(parts: LegacyParts): Hono<ServerEnv> {
  const app = new Hono<ServerEnv>();
  const log = openLegacyLog();
  app.onError((error) => plainText(failureText(plain, answeredFailures(error, parts.onBug)), statusOfError(error)));
  app.notFound(() => plainText("There is nothing at this address.\n", 404));
  app.use(async (context, next) => {
    context.set("client", identifyClient(context.env.incoming, parts.doors));
    await next();
  });
  app.get("/", () => plainText(`pictl ${parts.version}\n`));
  for (const route of legacyRoutes) {
    const [method = "", path = ""] = route.route.split(" ");
    app.on(method, path, async (context) => {
      const operation = operationNamed(route);
      const said = method === "POST" ? await saidInBody(context, parts.limits.bodyBytes) : saidInAddress(context);
      const identity = await admit(context, said, operation.role);
      const { address } = context.get("client");
      const text = await printed(parts, route, route.input(said), {
        operation,
        caller: { who: identity.name, face: "api", address },
        ended: [identity.ended, parts.ending, leaving(context.env.outgoing)],
      });
      const time = localTime(new Date(parts.cluster.ports.clock.now()).toISOString());
      log.append(`── ${time} ${operation.command ?? operation.id} (${identity.name})\n${text}`);
      return plainText(text);
    });
  }
  const answers = (path: string, role: Operation["role"], answer: () => string): void => {
    app.get(path, async (context) => {
      await admit(context, saidInAddress(context), role);
      return plainText(answer());
    });
  };
  answers("/log", "viewer", () => log.text());
  answers("/clearlog", "operator", () => {
    log.clear();
    return "";
  });
  answers("/reloadconfig", "operator", () => "The config is read anew for everything that is asked.\n");
  return app;

  /** Whoever has the token, with at least this role. */
  async function admit(context: Context<ServerEnv>, said: Said, role: Operation["role"]): Promise<Requester> {
    const client = context.get("client");
    const what = `${context.req.method} ${context.req.path}`;
    const identity = await parts.tokens.find(said("token"));
    if (identity) return parts.gate.require(identity, role, client, what);
    const message = "Error: Invalid Credentials";
    await parts.audit.denied(what, undefined, client, message);
    throw new RequestRefused(401, "not-logged-in", message);
  }
}

function operationNamed({ operation: id }: LegacyRoute): Operation {
  const operation = operationOf(id);
  if (!operation) throw new Error(`no operation is called ${id}`);
  return operation;
}

function saidInAddress(context: Context<ServerEnv>): Said {
  return (name) => context.req.query(name) ?? "";
}

async function saidInBody(context: Context<ServerEnv>, maxBytes: number): Promise<Said> {
  const body = await readBody(context.env.incoming, maxBytes);
  const fields = new Map<string, unknown>(typeof body === "object" && body !== null ? Object.entries(body) : []);
  return (name) => {
    const value = fields.get(name) ?? "";
    if (typeof value === "string") return value;
    throw new RequestRefused(400, "request-invalid", `\`${name}\` must be a text.`);
  };
}

function plainText(text: string, status = 200): Response {
  return new Response(text, {
    status,
    headers: { ...securityHeaders(), "content-type": "text/plain; charset=utf-8", "cache-control": "no-store" },
  });
}

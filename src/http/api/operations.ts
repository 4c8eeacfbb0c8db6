import type { Context, Hono, MiddlewareHandler } from "hono";
import type { Role } from "../../domain/access/role.ts";
import { noteOf } from "../../operations/fields.ts";
import { operations } from "../../operations/index.ts";
import { isSet } from "../../operations/input.ts";
import type { Jobs } from "../../operations/jobs/index.ts";
import type { OpenCluster } from "../../app/ports.ts";
import type { Operation } from "../../operations/operation.ts";
import { type Caller, rehearses } from "../../operations/perform.ts";
import type { AccessGate } from "../access/gate.ts";
import type { Requester } from "../access/identity.ts";
import type { ServerEnv } from "../env.ts";
import type { Limits } from "../limits.ts";
import { RequestRefused } from "../refusal.ts";
import { answerChange } from "./change.ts";
import { inputOf } from "./input.ts";
import { answerLook } from "./look.ts";

export interface OperationParts {
  readonly cluster: OpenCluster;
  readonly jobs: Jobs;
  readonly gate: AccessGate;
  readonly limits: Limits;
  /** Aborted when the server ends. */
  readonly ending: AbortSignal;
  readonly onBug: (error: Error) => void;
}

/** A route for each operation of the table, behind its role. */
export function operationRoutes(
  api: Hono<ServerEnv>,
  parts: OperationParts,
  requires: (role: Role) => MiddlewareHandler<ServerEnv>,
): void {
  for (const operation of operations) {
    for (const { method, path } of routesOf(operation)) {
      api.on(method, path, requires(operation.role), (context) => handle(context, operation, parts));
    }
  }
}

/** Where it is asked for. What takes a secret is asked for by POST, too, since a secret does not belong in an address. */
export function routesOf({ route, input }: Operation): readonly { readonly method: string; readonly path: string }[] {
  const [method = "", path = ""] = route.split(" ");
  const secret = Object.values(input.shape).some((schema) => noteOf(schema).kind === "secret");
  return [{ method, path }, ...(method === "GET" && secret ? [{ method: "POST", path }] : [])];
}

async function handle(context: Context<ServerEnv>, operation: Operation, parts: OperationParts): Promise<Response> {
  const { cluster, jobs, gate, ending, onBug } = parts;
  const identity = context.get("identity");
  if (!identity) throw new Error("a route of an operation is behind a role");
  if (context.req.method === "HEAD") throw new RequestRefused(405, "request-invalid", "Ask with GET.");
  const input = await inputOf(context, operation, parts.limits.bodyBytes);
  for (const [field, role] of Object.entries(operation.elevated ?? {})) {
    if (role === undefined || !isSet(input[field])) continue;
    await gate.require(identity, role, context.get("client"), `${operation.id} with ${field}`);
  }
  const caller = callerOf(identity, context);
  if (operation.changes && !rehearses(input)) return answerChange(context, operation, input, { jobs, caller });
  return answerLook(context, operation, input, { cluster, caller, ended: [identity.ended, ending], onBug });
}

/** Sessions are people in the console, tokens are scripts. */
function callerOf({ name, by }: Requester, context: Context<ServerEnv>): Caller {
  return { who: name, face: by === "session" ? "web" : "api", address: context.get("client").address };
}

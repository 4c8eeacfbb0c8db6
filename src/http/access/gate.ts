import type { IncomingMessage } from "node:http";
import type { Client } from "../../domain/access/client.ts";
import { includesRole, type Role } from "../../domain/access/role.ts";
import type { Audit } from "../audit.ts";
import { refuseForeignPage, refuseForeignSocket } from "../guard/origin.ts";
import { RequestRefused } from "../refusal.ts";
import { cookieName, readCookie } from "./cookie.ts";
import type { Requester } from "./identity.ts";
import type { Sessions } from "./sessions.ts";
import type { Tokens } from "./tokens.ts";

/** Who asks, and whether they may. */
export interface AccessGate {
  /** Undefined when nobody has logged in. Throws a Refusal for a token or a session that is not known (any more). */
  identify(request: IncomingMessage, client: Client): Promise<Requester | undefined>;
  /** The same for a WebSocket. */
  identifySocket(request: IncomingMessage, client: Client): Promise<Requester | undefined>;
  /** Throws a Refusal, and writes it into the event log, unless the role is enough. `what`: for the log. */
  require(identity: Requester | undefined, role: Role, client: Client, what: string): Promise<Requester>;
}

export function openGate(parts: {
  readonly sessions: Sessions;
  readonly tokens: Tokens;
  readonly audit: Audit;
  /** Where the server listens. */
  readonly port: () => number;
}): AccessGate {
  const { sessions, tokens, audit } = parts;

  const identify = async (
    request: IncomingMessage,
    client: Client,
    refuseForeign: () => void,
  ): Promise<Requester | undefined> => {
    const what = `${request.method ?? ""} ${pathOf(request)}`;
    const denied = async (error: RequestRefused, identity?: Requester): Promise<RequestRefused> => {
      await audit.denied(what, identity, client, error.message);
      return error;
    };
    const { authorization } = request.headers;
    if (authorization !== undefined) {
      const token = /^Bearer +(\S+)$/i.exec(authorization)?.[1];
      const identity = token === undefined ? undefined : await tokens.find(token);
      if (identity) return identity;
      throw await denied(unknown("The token is not known, or has expired."));
    }
    const secret = readCookie(request.headers.cookie, cookieName(parts.port(), client));
    const identity = secret === undefined ? undefined : await sessions.find(secret);
    if (!identity) return undefined;
    try {
      refuseForeign();
    } catch (error) {
      throw await denied(error as RequestRefused, identity);
    }
    return identity;
  };

  return {
    identify: (request, client) =>
      identify(request, client, () => {
        refuseForeignPage(request.method ?? "GET", request.headers, client);
      }),
    identifySocket: (request, client) =>
      identify(request, client, () => {
        refuseForeignSocket(request.headers, client);
      }),
    async require(identity, role, client, what) {
      if (!identity) throw unknown("Nobody has logged in.");
      if (includesRole(identity.role, role)) return identity;
      const message = `This needs the role ${role}, and ${identity.name} is ${identity.role}.`;
      await audit.denied(what, identity, client, message);
      throw new RequestRefused(403, "not-permitted", message);
    },
  };
}

function unknown(message: string): RequestRefused {
  return new RequestRefused(401, "not-logged-in", message, {
    hint: "Log in, or send a token of `pictl serve token add` as `Authorization: Bearer …`.",
    headers: { "www-authenticate": 'Bearer realm="pictl"' },
  });
}

/** Without the query, in which somebody may have put a secret. */
function pathOf({ url = "" }: IncomingMessage): string {
  return url.replace(/[?#].*$/s, "");
}

import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { WebSocketServer, type WebSocket } from "ws";
import { onAbort } from "../../abort.ts";
import type { Client } from "../../domain/access/client.ts";
import type { Role } from "../../domain/access/role.ts";
import { toFailure } from "../../domain/errors.ts";
import type { Requester } from "../access/identity.ts";
import type { Limits } from "../limits.ts";
import { RequestRefused } from "../refusal.ts";
import { answerRaw } from "./raw-answer.ts";

/** One address of the table of WebSockets. */
export interface SocketRoute {
  /** As hono writes it: `/api/v1/nodes/:node/terminal`. */
  readonly path: string;
  readonly role: Role;
  /** Takes the socket over; it closes with the session, and when the server ends. */
  open(socket: WebSocket, request: SocketRequest): void;
}

export interface SocketRequest {
  readonly identity: Requester;
  readonly client: Client;
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
}

export interface SocketTable {
  readonly upgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => void;
  /** Tells every client that the server goes away. */
  readonly close: () => void;
}

/** Who asks; throws a Refusal. A browser must say that its page is of this very origin. */
export type Admit = (request: IncomingMessage, role: Role) => Promise<{ identity: Requester; client: Client }>;

/** "The server goes away" and "what it rests on has ended", as RFC 6455 has them. */
const goingAway = 1001;
const policyViolation = 1008;
const pingMs = 30_000;

/** The WebSockets of the server: one table, one way in. */
export function socketTable(routes: readonly SocketRoute[], admit: Admit, limits: Limits): SocketTable {
  const server = new WebSocketServer({ noServer: true, maxPayload: limits.messageBytes, perMessageDeflate: false });
  const perIdentity = new Map<string, number>();
  const heard = new WeakSet<WebSocket>();
  const ping = setInterval(() => {
    for (const socket of server.clients) {
      if (!heard.delete(socket)) socket.terminate();
      else socket.ping();
    }
  }, pingMs);
  ping.unref();

  const attend = (socket: WebSocket, route: SocketRoute, request: SocketRequest): void => {
    const { identity } = request;
    perIdentity.set(identity.key, (perIdentity.get(identity.key) ?? 0) + 1);
    heard.add(socket);
    socket.on("pong", () => heard.add(socket));
    // A client's fault ends its socket; `close` follows.
    socket.on("error", () => undefined);
    const off = onAbort(identity.ended, () => {
      socket.close(policyViolation, "The session has ended.");
    });
    socket.once("close", () => {
      off();
      const left = (perIdentity.get(identity.key) ?? 1) - 1;
      if (left > 0) perIdentity.set(identity.key, left);
      else perIdentity.delete(identity.key);
    });
    route.open(socket, request);
  };

  const upgrade = async (request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> => {
    // By hand: to `URL` a path that begins with two slashes names a host.
    const [, path = "", query = ""] = /^([^?#]*)(?:\?([^#]*))?/.exec(request.url ?? "") ?? [];
    const found = routes
      .map((route) => ({ route, params: match(route.path, path) }))
      .find(({ params }) => params !== undefined);
    if (!found) throw new RequestRefused(404, "no-such-route", "There is no stream at this address.");
    const { identity, client } = await admit(request, found.route.role);
    if ((perIdentity.get(identity.key) ?? 0) >= limits.sockets) {
      throw new RequestRefused(
        429,
        "too-many-requests",
        `This session has ${limits.sockets} streams, which is the most.`,
        {
          hint: "Close some of its tabs.",
        },
      );
    }
    server.handleUpgrade(request, socket, head, (webSocket) => {
      attend(webSocket, found.route, {
        identity,
        client,
        params: found.params ?? {},
        query: new URLSearchParams(query),
      });
    });
  };

  return {
    upgrade(request, socket, head) {
      // Until it is taken over, nobody else listens.
      socket.on("error", () => socket.destroy());
      upgrade(request, socket, head).catch((error: unknown) => {
        refuse(socket, error);
      });
    },
    close() {
      clearInterval(ping);
      for (const socket of server.clients) socket.close(goingAway, "The server ends.");
      setTimeout(() => {
        for (const socket of server.clients) socket.terminate();
      }, limits.closingMs / 2).unref();
    },
  };
}

/** The parameters of a path; undefined where it is another one. */
function match(pattern: string, path: string): Readonly<Record<string, string>> | undefined {
  const [wanted, given] = [pattern.split("/"), path.split("/")];
  if (wanted.length !== given.length) return undefined;
  const params: Record<string, string> = {};
  for (const [index, part] of wanted.entries()) {
    const value = given[index] ?? "";
    if (!part.startsWith(":")) {
      if (part !== value) return undefined;
      continue;
    }
    const decoded = decode(value);
    if (decoded === undefined || decoded === "") return undefined;
    params[part.slice(1)] = decoded;
  }
  return params;
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

function refuse(socket: Duplex, error: unknown): void {
  if (error instanceof RequestRefused) answerRaw(socket, error.status, toFailure(error));
  else answerRaw(socket, 500, toFailure(new RequestRefused(400, "internal", "It failed.")));
}

import { getRequestListener } from "@hono/node-server";
import { createServer, type IncomingMessage, type Server } from "node:http";
import { createServer as createSecureServer, type Server as SecureServer } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import type { Duplex } from "node:stream";
import { PictlError } from "../../domain/errors.ts";
import type { Limits } from "../limits.ts";
import type { Part } from "../parts.ts";
import { answerUnreadable } from "./raw-answer.ts";
import { watchStalled } from "./stalled.ts";
import type { ServerCertificate } from "./tls.ts";

export interface ListenOptions {
  readonly host: string;
  readonly port: number;
  /** Undefined for plain HTTP. */
  readonly certificate: ServerCertificate | undefined;
  readonly limits: Limits;
  readonly fetch: Parameters<typeof getRequestListener>[0];
  readonly upgrade?: (request: IncomingMessage, socket: Duplex, head: Buffer) => void;
  /** Called when it takes connections; the port is the one it got where 0 was asked for. */
  readonly onListening: (address: { readonly port: number }) => void;
}

/** An HTTP server as a part: started when it listens, stopped when every connection is gone. */
export function listener(options: ListenOptions): Part {
  return {
    async start() {
      const server = create(options);
      const sockets = socketsOf(server);
      await listen(server, options);
      const unwatch = watchStalled(server, options.limits.stalledMs);
      const unfollow = options.certificate?.follow((credentials) => {
        (server as SecureServer).setSecureContext(credentials);
      });
      options.onListening({ port: (server.address() as AddressInfo).port });
      return async () => {
        unfollow?.();
        await close(server, sockets, options.limits.closingMs);
        unwatch();
      };
    },
  };
}

function create(options: ListenOptions): Server | SecureServer {
  const { limits } = options;
  // Global Request and Response stay as they are: other parts of this process have their own use for them.
  const listener = getRequestListener(options.fetch, { overrideGlobalObjects: false });
  const settings = {
    maxHeaderSize: limits.headerBytes,
    headersTimeout: limits.headersMs,
    requestTimeout: limits.bodyMs,
    connectionsCheckingInterval: Math.min(1000, limits.headersMs / 4),
  };
  const handle = (...message: Parameters<typeof listener>): void => void listener(...message);
  const server: Server | SecureServer = options.certificate
    ? createSecureServer({ ...settings, ...options.certificate.credentials(), minVersion: "TLSv1.2" }, handle)
    : createServer(settings, handle);
  server.maxConnections = limits.connections;
  server.maxHeadersCount = 100;
  server.on("clientError", answerUnreadable);
  server.on("upgrade", options.upgrade ?? ((_, socket) => socket.destroy()));
  return server;
}

function listen(server: Server | SecureServer, { host, port }: ListenOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (cause: NodeJS.ErrnoException) => {
      reject(cannotListen(cause, { host, port }));
    });
    server.listen({ host, port, backlog: 128 }, resolve);
  });
}

function cannotListen(cause: NodeJS.ErrnoException, { host, port }: { host: string; port: number }): PictlError {
  const where = `${host}, port ${port}`;
  const why: Readonly<Record<string, readonly [string, string]>> = {
    EADDRINUSE: ["another program listens there", "End it, or take another port with `--port` or `web_port`."],
    EACCES: ["this user may not", "Take a port above 1023 with `--port` or `web_port`."],
    EADDRNOTAVAIL: ["this machine has no such address", "Correct `--host` or `http.host`."],
    ENOTFOUND: ["that name has no address", "Correct `--host` or `http.host`."],
  };
  const [reason, hint] = why[cause.code ?? ""] ?? [cause.message, "Take another address or port."];
  return new PictlError("missing-prerequisite", `Cannot listen on ${where}: ${reason}.`, { hint, cause });
}

/** Every connection that is open, also one that is a WebSocket by now, which `closeAllConnections` would leave open. */
function socketsOf(server: Server | SecureServer): ReadonlySet<Socket> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  return sockets;
}

/** New connections are refused at once, idle ones closed; what still answers has a moment. */
function close(server: Server | SecureServer, sockets: ReadonlySet<Socket>, graceMs: number): Promise<void> {
  return new Promise((resolve) => {
    const cut = setTimeout(() => {
      for (const socket of sockets) socket.destroy();
    }, graceMs);
    server.close(() => {
      clearTimeout(cut);
      resolve();
    });
    server.closeIdleConnections();
  });
}

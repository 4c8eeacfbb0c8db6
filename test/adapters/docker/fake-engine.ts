import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";

export type Handler = (request: IncomingMessage, response: ServerResponse) => void;

export interface FakeEngine {
  readonly socket: string;
  readonly requests: string[];
  /** How many connections were made. */
  readonly connections: () => number;
  readonly closeConnections: () => void;
  readonly close: () => Promise<void>;
}

/** An HTTP server on a unix socket for what a real engine does not do on demand: hang, lie, have 10,000 containers. */
export async function fakeEngine(routes: Record<string, Handler | object>): Promise<FakeEngine> {
  const folder = mkdtempSync(join(tmpdir(), "pictl-engine-"));
  const socket = join(folder, "docker.sock");
  const requests: string[] = [];
  let connections = 0;
  const server = createServer((request, response) => {
    const path = (request.url ?? "").replace(/^\/v1\.\d+/, "");
    requests.push(path);
    const route = routes[path] ?? routes[path.replace(/\?.*/, "")] ?? (path === "/_ping" ? ping("1.41") : notFound);
    if (typeof route === "function") (route as Handler)(request, response);
    else response.end(JSON.stringify(route));
  });
  server.on("connection", () => (connections += 1));
  server.listen(socket);
  await once(server, "listening");
  return {
    socket,
    requests,
    connections: () => connections,
    closeConnections: () => {
      server.closeAllConnections();
    },
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
      rmSync(folder, { recursive: true });
    },
  };
}

/** An engine's first word: the newest version that it speaks. */
export const ping =
  (version: string): Handler =>
  (_request, response) =>
    response.setHeader("Api-Version", version).end("OK");

const notFound: Handler = (_request, response) => {
  response.writeHead(404).end('{"message": "no such thing"}');
};

/** Accepts the request and never answers. */
export const hang: Handler = () => undefined;

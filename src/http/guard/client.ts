import type { IncomingMessage } from "node:http";
import type { TLSSocket } from "node:tls";
import { isLoopback, plainAddress } from "../../domain/access/address.ts";
import { type Client, clientOf, isOurHost } from "../../domain/access/client.ts";
import type { HttpSection } from "../../domain/config/types.ts";
import { RequestRefused } from "../refusal.ts";

/** By which names the server may be asked, and whom it believes. */
export interface Doors {
  readonly trustedProxies: readonly string[];
  readonly behindProxy: boolean;
  readonly names: readonly string[];
}

export function doorsOf(http: HttpSection): Doors {
  const bound = ["0.0.0.0", "::"].includes(http.host) ? [] : [http.host];
  const connect =
    http.webConnect === undefined ? [] : [http.webConnect.replace(/^https?:\/\//, "").replace(/[:/].*$/, "")];
  return {
    trustedProxies: http.trustedProxies,
    behindProxy: http.behindProxy,
    names: ["localhost", ...bound, ...connect, ...http.allowedHosts],
  };
}

/** Who asks. Throws a Refusal for who comes past the proxy, and for a Host header that is not ours. */
export function identifyClient(request: IncomingMessage, doors: Doors): Client {
  const { socket } = request;
  const remote = socket.remoteAddress ?? "";
  const encrypted = (socket as Partial<TLSSocket>).encrypted === true;
  const client = clientOf({ remote, encrypted, headers: request.headers }, doors.trustedProxies);
  if (doors.behindProxy && !client.proxied && !isLoopback(plainAddress(remote))) {
    throw new RequestRefused(403, "not-permitted", "This server is reached through its proxy.", {
      hint: "`http.trusted_proxies` says which addresses the proxy has.",
    });
  }
  if (!isOurHost(client.host, { names: doors.names, address: socket.localAddress ?? "" })) {
    throw new RequestRefused(421, "request-invalid", "The Host header names no host of this server.", {
      hint: "Add the name to `http.allowed_hosts` in the config.",
    });
  }
  return client;
}

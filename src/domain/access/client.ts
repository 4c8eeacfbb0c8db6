import { isAmong, plainAddress } from "./address.ts";

/** Who asks, and by which address of ours, once a trusted proxy has been heard. */
export interface Client {
  readonly address: string;
  readonly scheme: "http" | "https";
  /** The Host header: a name or an address, and mostly a port. */
  readonly host: string;
  /** A proxy that is trusted has passed it on. */
  readonly proxied: boolean;
}

export interface ClientConnection {
  /** The other end of the TCP connection. */
  readonly remote: string;
  readonly encrypted: boolean;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
}

/**
 * Headers of a proxy count only where the connection comes from one that is trusted. The address is the last one in
 * X-Forwarded-For that is no proxy of ours: what stands before it anybody can have written.
 */
export function clientOf({ remote, encrypted, headers }: ClientConnection, trustedProxies: readonly string[]): Client {
  const peer = plainAddress(remote);
  const scheme = encrypted ? "https" : "http";
  const host = single(headers["host"]) ?? "";
  if (!isAmong(peer, trustedProxies)) return { address: peer, scheme, host, proxied: false };
  const chain = words(headers["x-forwarded-for"]).map(plainAddress);
  const own = chain.findLastIndex((address) => !isAmong(address, trustedProxies));
  const forwarded = words(headers["x-forwarded-proto"]).at(-1)?.toLowerCase();
  return {
    address: chain[own] ?? chain[0] ?? peer,
    scheme: forwarded === "https" || forwarded === "http" ? forwarded : scheme,
    host: words(headers["x-forwarded-host"]).at(-1) ?? host,
    proxied: true,
  };
}

/** The name of a Host header, without its port and the brackets of IPv6; undefined where it is none. */
export function hostName(host: string): string | undefined {
  const match = /^(?:\[([0-9A-Fa-f:.]+)\]|([A-Za-z0-9._-]+))(?::\d{1,5})?$/.exec(host);
  return (match?.[1] ?? match?.[2])?.toLowerCase();
}

/**
 * Whether a Host header names us. A page elsewhere can let its own name lead here (DNS rebinding), and would be of the
 * same origin then; its name is in no list of ours. An address is no name, so the one that was connected to is good.
 */
export function isOurHost(host: string, own: { readonly names: readonly string[]; readonly address: string }): boolean {
  const name = hostName(host);
  if (name === undefined) return false;
  if (name === plainAddress(own.address)) return true;
  return own.names.some((each) => each.toLowerCase() === name);
}

/** What the browser says of who asks: the page's own origin, with its port. */
export function isSameOrigin(origin: string | undefined, { scheme, host }: Pick<Client, "scheme" | "host">): boolean {
  return origin !== undefined && origin.toLowerCase() === `${scheme}://${host}`.toLowerCase();
}

function words(value: string | readonly string[] | undefined): readonly string[] {
  const text = typeof value === "string" ? value : (value ?? []).join(",");
  return text
    .split(",")
    .map((word) => word.trim())
    .filter((word) => word !== "");
}

function single(value: string | readonly string[] | undefined): string | undefined {
  return typeof value === "string" ? value : undefined;
}

import { PictlError } from "../errors.ts";

/** Docker Hub, as it is called in image names. */
export const hubName = "docker.io";

/** The same, as it is called elsewhere (the original's console, docker's own files). */
const hubAliases = [
  "docker.io",
  "index.docker.io",
  "hub.docker.com",
  "registry.hub.docker.com",
  "registry-1.docker.io",
];

/** Where a registry is. */
export interface RegistryAddress {
  /** As in image names and messages: `docker.io`, else `host` or `host:port`. */
  readonly name: string;
  /** What the user wrote; without it HTTPS, and HTTP where docker would try it too. */
  readonly scheme?: "http" | "https";
  /** On this machine: docker asks such a registry for no certificate, and takes plain HTTP. */
  readonly loopback: boolean;
}

/**
 * Reads `HOST[:PORT]`, with or without `http://` or `https://` before it and `/` or `/v2/` behind. Throws usage.
 */
export function parseRegistry(text: string): RegistryAddress {
  const match = /^(?:(https?):\/\/)?(\[[a-fA-F0-9:]+\]|[^\s/:@[\]]+)(?::(\d{1,5}))?(?:\/(?:v[12]\/?)?)?$/.exec(text);
  const [, scheme, host = "", port] = match ?? [];
  if (!match || !isHost(host) || (port !== undefined && (Number(port) < 1 || Number(port) > 65_535))) {
    throw new PictlError("usage", `"${text.slice(0, 80)}" is no registry.`, {
      hint: "Registries look like `registry.example.com`, `10.0.0.5:5000` or `http://10.0.0.5:5000`; the Hub is `docker.io`.",
    });
  }
  const lower = host.toLowerCase();
  if (hubAliases.includes(lower)) return { name: hubName, loopback: false };
  return {
    name: port === undefined ? lower : `${lower}:${Number(port)}`,
    ...(scheme === undefined ? {} : { scheme: scheme as "http" | "https" }),
    loopback: isLoopbackHost(lower),
  };
}

/** `localhost`, 127.0.0.0/8 and ::1, as docker does. */
export function isLoopbackHost(host: string): boolean {
  return host === "localhost" || host === "[::1]" || /^127(?:\.\d{1,3}){3}$/.test(host);
}

function isHost(host: string): boolean {
  if (host.startsWith("[")) return true;
  return host.length <= 253 && /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*$/i.test(host);
}

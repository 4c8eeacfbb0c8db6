/**
 * known_hosts as OpenSSH reads it (sshd(8), "SSH_KNOWN_HOSTS FILE FORMAT"; `hostkeys_foreach` in hostfile.c):
 * - a line is `[marker] hosts keytype base64 [comment]`; what cannot be read as that is skipped, as ssh does
 * - `hosts` is a list of patterns, or one name hashed with HMAC-SHA1 as `|1|salt|hash`
 * - a name on a port other than 22 is written `[name]:port`
 */
import { matchesPatternList } from "../pattern.ts";

export interface KnownHost {
  readonly file: string;
  /** 1-based. */
  readonly line: number;
  readonly marker: "revoked" | "cert-authority" | undefined;
  readonly hosts: string;
  readonly keyType: string;
  /** The key's blob, base64. */
  readonly key: string;
}

/** HMAC-SHA1 of the text with a base64 key, as base64. */
export type HmacSha1 = (keyBase64: string, text: string) => string;

export function parseKnownHosts(text: string, file: string): KnownHost[] {
  return text.split("\n").flatMap((line, index) => parseLine(line, file, index + 1) ?? []);
}

/** The entries that speak of this name (`knownHostsName`), with or without a marker. */
export function entriesFor(name: string, entries: readonly KnownHost[], hmac: HmacSha1): KnownHost[] {
  return entries.filter(({ hosts }) =>
    hosts.startsWith("|") ? matchesHashed(hosts, name, hmac) : matchesPatternList(hosts, name),
  );
}

/** How a host is named in known_hosts. */
export function knownHostsName(host: string, port: number): string {
  return port === 22 ? host.toLowerCase() : `[${host.toLowerCase()}]:${port}`;
}

/** A line to append for a key that was accepted; the name is hashed when a salt (20 bytes, base64) is given. */
export function formatKnownHost(
  name: string,
  key: { readonly type: string; readonly base64: string },
  hashing?: { readonly salt: string; readonly hmac: HmacSha1 },
): string {
  const hosts = hashing ? `|1|${hashing.salt}|${hashing.hmac(hashing.salt, name)}` : name;
  return `${hosts} ${key.type} ${key.base64}`;
}

function parseLine(raw: string, file: string, line: number): KnownHost | undefined {
  const text = raw.replace(/^[ \t]+/, "").replace(/\r$/, "");
  if (text === "" || text.startsWith("#")) return undefined;
  const fields = text.split(/[ \t]+/);
  const marker = fields[0]?.startsWith("@") ? fields.shift()?.slice(1) : undefined;
  if (marker !== undefined && marker !== "revoked" && marker !== "cert-authority") return undefined;
  const [hosts, keyType, key] = fields;
  if (!hosts || !keyType || !key || !isKeyOfType(key, keyType)) return undefined;
  return { file, line, marker, hosts, keyType, key };
}

/** A key blob opens with its type, as a string behind a 32-bit length. */
function isKeyOfType(base64: string, type: string): boolean {
  if (!/^[A-Za-z0-9+/]{8,}={0,2}$/.test(base64)) return false;
  const head = atob(base64.slice(0, Math.ceil((4 + type.length) / 3) * 4).padEnd(4, "="));
  const length = [0, 1, 2, 3].reduce((sum, i) => sum * 256 + head.charCodeAt(i), 0);
  return length === type.length && head.slice(4, 4 + length) === type;
}

function matchesHashed(hosts: string, name: string, hmac: HmacSha1): boolean {
  const [, version, salt, hash] = hosts.split("|");
  return version === "1" && !!salt && !!hash && hmac(salt, name) === hash;
}

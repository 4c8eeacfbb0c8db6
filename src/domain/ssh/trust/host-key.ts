import type { KnownHost } from "./known-hosts.ts";

export interface HostKey {
  readonly type: string;
  /** The key's blob, base64. */
  readonly base64: string;
}

/**
 * What known_hosts says about a key a host has shown:
 * - `trusted`: it is there
 * - `revoked`: it is there, marked `@revoked`; outweighs everything
 * - `changed`: another key of its type is there, or only keys of other types: either this is not the host it was, or
 *   somebody keeps its known key from us
 * - `authority`: only a certificate authority vouches for the host, which ssh2 cannot check
 * - `unknown`: nothing is there
 */
export type HostKeyVerdict =
  | { readonly kind: "trusted"; readonly entry: KnownHost }
  | { readonly kind: "revoked" | "changed" | "authority"; readonly entry: KnownHost }
  | { readonly kind: "unknown" };

/** What known_hosts holds about a host, from all files, in their order. */
export interface HostEntries {
  /** Under its own name. */
  readonly own: readonly KnownHost[];
  /**
   * Under the bare name of a host on another port than 22. They may vouch for a key or have it revoked, but cannot
   * contradict one of another port. (OpenSSH `check_host_key`.)
   */
  readonly portless: readonly KnownHost[];
}

export function judgeHostKey(key: HostKey, { own, portless }: HostEntries): HostKeyVerdict {
  const verdict = judge(key, own);
  if (verdict.kind !== "unknown") return verdict;
  const byPortless = judge(key, portless);
  return byPortless.kind === "trusted" || byPortless.kind === "revoked" ? byPortless : verdict;
}

function judge(key: HostKey, entries: readonly KnownHost[]): HostKeyVerdict {
  const same = entries.filter((entry) => entry.key === key.base64);
  const revoked = same.find((entry) => entry.marker === "revoked");
  if (revoked) return { kind: "revoked", entry: revoked };
  const trusted = same.find((entry) => entry.marker === undefined);
  if (trusted) return { kind: "trusted", entry: trusted };
  const plain = entries.filter((entry) => entry.marker === undefined);
  const other = plain.find((entry) => entry.keyType === key.type) ?? plain[0];
  if (other) return { kind: "changed", entry: other };
  const authority = entries.find((entry) => entry.marker === "cert-authority");
  if (authority) return { kind: "authority", entry: authority };
  return { kind: "unknown" };
}

/** Every host key algorithm asked for, best first. SHA-1 signatures (`ssh-rsa`) and DSA are not. */
const algorithms = [
  "ssh-ed25519",
  "ecdsa-sha2-nistp256",
  "ecdsa-sha2-nistp384",
  "ecdsa-sha2-nistp521",
  "rsa-sha2-512",
  "rsa-sha2-256",
] as const;

export type HostKeyAlgorithm = (typeof algorithms)[number];

/**
 * The algorithms to ask a host for, those whose keys we know first: a host that got one more key since must not look
 * like one that changed. (OpenSSH `order_hostkeyalgs`.)
 */
export function hostKeyAlgorithms({ own, portless }: HostEntries): HostKeyAlgorithm[] {
  const plain = (own.length > 0 ? own : portless).filter((entry) => entry.marker === undefined);
  const known = new Set(plain.map((entry) => entry.keyType));
  return [...algorithms].sort((a, b) => Number(known.has(keyTypeOf(b))) - Number(known.has(keyTypeOf(a))));
}

/** The algorithms of each family of host keys, for asking a host for all its keys one after another. */
export const hostKeyFamilies: readonly (readonly HostKeyAlgorithm[])[] = [
  ["ssh-ed25519"],
  ["ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521"],
  ["rsa-sha2-512", "rsa-sha2-256"],
];

function keyTypeOf(algorithm: HostKeyAlgorithm): string {
  return algorithm.startsWith("rsa-") ? "ssh-rsa" : algorithm;
}

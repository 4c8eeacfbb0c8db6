import { WireReader, wireStrings } from "./wire.ts";

/** What a login needs to know of a user's certificate (PROTOCOL.certkeys of OpenSSH). */
export interface Certificate {
  /** The public key that it certifies, as it stands in key files and agents. */
  readonly key: Uint8Array;
  /** Under this name it is offered to a server. */
  readonly algorithm: string;
  readonly keyId: string;
  /** Seconds since the epoch; the second one is the first in which it is no good any more. */
  readonly validAfter: bigint;
  readonly validBefore: bigint;
}

/** How many strings of the public key stand behind the nonce, by the type of the certificate. */
const fields: Readonly<Record<string, { readonly key: string; readonly count: number; readonly algorithm?: string }>> =
  {
    "ssh-ed25519-cert-v01@openssh.com": { key: "ssh-ed25519", count: 1 },
    // SHA-1 signatures are refused everywhere by now: the same certificate is offered under this name.
    "ssh-rsa-cert-v01@openssh.com": { key: "ssh-rsa", count: 2, algorithm: "rsa-sha2-512-cert-v01@openssh.com" },
    "ecdsa-sha2-nistp256-cert-v01@openssh.com": { key: "ecdsa-sha2-nistp256", count: 2 },
    "ecdsa-sha2-nistp384-cert-v01@openssh.com": { key: "ecdsa-sha2-nistp384", count: 2 },
    "ecdsa-sha2-nistp521-cert-v01@openssh.com": { key: "ecdsa-sha2-nistp521", count: 2 },
    "sk-ssh-ed25519-cert-v01@openssh.com": { key: "sk-ssh-ed25519@openssh.com", count: 2 },
    "sk-ecdsa-sha2-nistp256-cert-v01@openssh.com": { key: "sk-ecdsa-sha2-nistp256@openssh.com", count: 3 },
  };

const userCertificate = 1;

/** Reads the blob of a certificate; undefined when it is none of a user's that we know. */
export function parseCertificate(blob: Uint8Array): Certificate | undefined {
  try {
    const reader = new WireReader(blob);
    const type = reader.text();
    const known = Object.hasOwn(fields, type) ? fields[type] : undefined;
    if (known === undefined) return undefined;
    reader.string();
    const parts = Array.from({ length: known.count }, () => reader.string());
    reader.uint64();
    if (reader.uint32() !== userCertificate) return undefined;
    const keyId = reader.text();
    reader.string();
    const [validAfter, validBefore] = [reader.uint64(), reader.uint64()];
    return {
      key: wireStrings(known.key, ...parts),
      algorithm: known.algorithm ?? type,
      keyId,
      validAfter,
      validBefore,
    };
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** The type that a key's or certificate's blob begins with; empty where it begins with nothing of the kind. */
export function keyType(blob: Uint8Array): string {
  try {
    return new WireReader(blob).text();
  } catch {
    return "";
  }
}

/** A key whose private half is in a FIDO device: only an agent, or OpenSSH's own helper, can sign with it. */
export function isFidoKey(type: string): boolean {
  return /^sk-(?:ssh-ed25519|ecdsa-sha2-nistp256)@openssh\.com$/.test(type);
}

/**
 * The signature as a server takes it, from what node's and ssh2's keys sign: raw for ed25519 and RSA, DER for ECDSA
 * (RFC 5656, section 3.1.2: its two numbers as SSH has numbers, which are DER's bytes).
 */
export function signatureBlob(type: string, signature: Uint8Array): Uint8Array {
  if (type === "ssh-rsa") return wireStrings("rsa-sha2-512", signature);
  if (!type.startsWith("ecdsa-")) return wireStrings(type, signature);
  const [r, s] = derIntegers(signature);
  return wireStrings(type, wireStrings(r, s));
}

/** SEQUENCE { INTEGER r, INTEGER s } of at most 139 bytes (P-521). */
function derIntegers(der: Uint8Array): readonly [Uint8Array, Uint8Array] {
  let at = der[1] === 0x81 ? 3 : 2;
  const next = (): Uint8Array => {
    const length = der[at + 1];
    if (der[at] !== 0x02 || length === undefined) throw new RangeError("not a signature of ECDSA");
    const number = der.subarray(at + 2, at + 2 + length);
    at += 2 + length;
    return number;
  };
  return [next(), next()];
}

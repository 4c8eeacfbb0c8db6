/** As much of DER (X.690) and X.509 (RFC 5280) as a certificate takes that a server makes for itself. */

export interface CertificateContent {
  readonly commonName: string;
  /** Names and addresses that it is for; an address as its 4 or 16 bytes. */
  readonly names: readonly (string | Uint8Array)[];
  readonly notBefore: Date;
  readonly notAfter: Date;
  /** Positive, at most 20 bytes. */
  readonly serial: Uint8Array;
  /** SubjectPublicKeyInfo, DER. */
  readonly publicKey: Uint8Array;
}

/** What is to be signed with ECDSA and SHA-256. */
export function toBeSigned(content: CertificateContent): Uint8Array {
  const name = sequence(set(sequence(oid("2.5.4.3"), tagged(0x0c, utf8(content.commonName)))));
  return sequence(
    tagged(0xa0, integer(Uint8Array.of(2))),
    integer(content.serial),
    ecdsaWithSha256(),
    name,
    sequence(time(content.notBefore), time(content.notAfter)),
    name,
    content.publicKey,
    tagged(
      0xa3,
      sequence(
        // digitalSignature, and for servers.
        extension("2.5.29.15", tagged(0x03, Uint8Array.of(7, 0x80)), true),
        extension("2.5.29.37", sequence(oid("1.3.6.1.5.5.7.3.1"))),
        extension("2.5.29.17", sequence(...content.names.map(generalName))),
      ),
    ),
  );
}

/** The certificate, DER. */
export function signedCertificate(signed: Uint8Array, signature: Uint8Array): Uint8Array {
  return sequence(signed, ecdsaWithSha256(), tagged(0x03, joined(Uint8Array.of(0), signature)));
}

function ecdsaWithSha256(): Uint8Array {
  return sequence(oid("1.2.840.10045.4.3.2"));
}

function extension(id: string, value: Uint8Array, critical = false): Uint8Array {
  const flag = critical ? [tagged(0x01, Uint8Array.of(0xff))] : [];
  return sequence(oid(id), ...flag, tagged(0x04, value));
}

function generalName(name: string | Uint8Array): Uint8Array {
  return typeof name === "string" ? tagged(0x82, utf8(name)) : tagged(0x87, name);
}

/** GeneralizedTime counts from 2050 on; UTCTime must be used before. */
function time(at: Date): Uint8Array {
  const digits = at.toISOString().replace(/[-:T]|\.\d+/g, "");
  return at.getUTCFullYear() < 2050 ? tagged(0x17, utf8(digits.slice(2))) : tagged(0x18, utf8(digits));
}

function oid(dotted: string): Uint8Array {
  const [first = 0, second = 0, ...rest] = dotted.split(".").map(Number);
  return tagged(0x06, Uint8Array.from([first * 40 + second, ...rest.flatMap(base128)]));
}

function base128(value: number): readonly number[] {
  const digits = [value & 0x7f];
  for (let left = value >>> 7; left > 0; left >>>= 7) digits.unshift((left & 0x7f) | 0x80);
  return digits;
}

/** A leading bit that is set would make it negative. */
function integer(bytes: Uint8Array): Uint8Array {
  return tagged(0x02, ((bytes[0] ?? 0) & 0x80) === 0 ? bytes : joined(Uint8Array.of(0), bytes));
}

const sequence = (...parts: readonly Uint8Array[]): Uint8Array => tagged(0x30, joined(...parts));
const set = (...parts: readonly Uint8Array[]): Uint8Array => tagged(0x31, joined(...parts));

function tagged(tag: number, content: Uint8Array): Uint8Array {
  const { length } = content;
  const bytes: number[] = [];
  for (let left = length; left > 0; left >>>= 8) bytes.unshift(left & 0xff);
  const head = length < 0x80 ? [length] : [0x80 | bytes.length, ...bytes];
  return joined(Uint8Array.from([tag, ...head]), content);
}

function joined(...parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

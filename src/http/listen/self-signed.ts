import { generateKeyPairSync, randomBytes, sign, X509Certificate } from "node:crypto";
import { isIP } from "node:net";
import { hostname, networkInterfaces } from "node:os";
import type { AccessState } from "../../app/ports.ts";
import { signedCertificate, toBeSigned } from "../../domain/access/certificate.ts";
import type { HttpSection } from "../../domain/config/types.ts";
import { doorsOf } from "../guard/client.ts";
import { type ServerCertificate, type TlsCredentials, fixedCertificate } from "./tls.ts";

const dayMs = 86_400_000;
/** Browsers take none that lasts longer. */
const lifeMs = 398 * dayMs;
const renewMs = 30 * dayMs;

/**
 * A certificate of our own, kept so that its fingerprint stays what people have compared; made anew a month before its
 * end. Made here, as not every machine has openssl.
 */
export async function selfSigned(
  state: AccessState["certificate"],
  http: HttpSection,
): Promise<{ readonly certificate: ServerCertificate; readonly fingerprint: string }> {
  const kept = await state.read();
  const good = kept && Date.parse(new X509Certificate(kept.cert).validTo) - Date.now() > renewMs ? kept : undefined;
  const credentials = good ?? makeCertificate([...new Set([...doorsOf(http).names, ...ownNames()])]);
  if (!good) await state.write(credentials);
  const fingerprint = new X509Certificate(credentials.cert).fingerprint256;
  return { certificate: fixedCertificate(credentials), fingerprint };
}

/** For names and addresses, valid from yesterday on: not every clock is right. */
function makeCertificate(names: readonly string[], now: number = Date.now()): TlsCredentials {
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const serial = randomBytes(16);
  // Neither negative nor zero at its head.
  serial[0] = ((serial[0] ?? 0) & 0x7f) | 0x40;
  const signed = toBeSigned({
    commonName: "pictl",
    names: names.map((name) => (isIP(name) === 0 ? name : addressBytes(name))),
    notBefore: new Date(now - dayMs),
    notAfter: new Date(now - dayMs + lifeMs),
    serial,
    publicKey: publicKey.export({ type: "spki", format: "der" }),
  });
  const der = signedCertificate(signed, sign("sha256", signed, privateKey));
  const lines = Buffer.from(der)
    .toString("base64")
    .replace(/.{1,64}/g, "$&\n");
  return {
    cert: `-----BEGIN CERTIFICATE-----\n${lines}-----END CERTIFICATE-----\n`,
    key: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
  };
}

function ownNames(): readonly string[] {
  const addresses = Object.values(networkInterfaces()).flatMap((all) => (all ?? []).map(({ address }) => address));
  return [hostname(), "127.0.0.1", "::1", ...addresses.filter((address) => !address.startsWith("fe80:"))];
}

function addressBytes(address: string): Uint8Array {
  if (!address.includes(":")) return Uint8Array.from(address.split(".").map(Number));
  const [head = "", tail] = address.replace(/%.*$/, "").split("::");
  const groups = (text: string): readonly string[] => (text === "" ? [] : text.split(":"));
  const [before, after] = [groups(head), groups(tail ?? "")];
  const missing = Array.from({ length: 8 - before.length - after.length }, () => "0");
  return Uint8Array.from(
    [...before, ...missing, ...after].flatMap((group) => [parseInt(group, 16) >> 8, parseInt(group, 16) & 0xff]),
  );
}

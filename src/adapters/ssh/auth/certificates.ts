import { readFile } from "node:fs/promises";
import { type Certificate, parseCertificate } from "../../../domain/ssh/auth/certificate.ts";

export interface CertificateFile extends Certificate {
  readonly path: string;
  readonly blob: Buffer;
}

/** Reads a certificate as `ssh-keygen -s` writes it; undefined where there is none, with the reason if it is worth one. */
export async function readCertificate(
  path: string,
  nowSeconds: number,
): Promise<{ readonly certificate?: CertificateFile; readonly problem?: string; readonly missing?: true }> {
  const blob = await readPublicBlob(path);
  if (blob === undefined) return { missing: true };
  const certificate = parseCertificate(blob);
  if (!certificate) return { problem: `${path} is ignored: it is no certificate of a user that pictl knows.` };
  const { keyId, validAfter, validBefore } = certificate;
  if (BigInt(nowSeconds) >= validBefore) {
    return { problem: `The certificate ${path} (${keyId}) is ignored: it ended ${when(validBefore)}. Get a new one.` };
  }
  if (BigInt(nowSeconds) < validAfter) {
    return {
      problem: `The certificate ${path} (${keyId}) is ignored: it begins ${when(validAfter)}. Is the clock right here?`,
    };
  }
  return { certificate: { ...certificate, path, blob } };
}

/** The blob of a public key's or certificate's file (`TYPE BASE64 COMMENT`); undefined when there is none. */
export async function readPublicBlob(path: string): Promise<Buffer | undefined> {
  const text = await readFile(path, "utf8").catch(() => "");
  const base64 = /^\s*[a-z0-9@.-]+ ([A-Za-z0-9+/=]+)/.exec(text)?.[1];
  return base64 === undefined ? undefined : Buffer.from(base64, "base64");
}

function when(seconds: bigint): string {
  return `on ${new Date(Number(seconds) * 1000).toISOString().slice(0, 16).replace("T", " at ")} UTC`;
}

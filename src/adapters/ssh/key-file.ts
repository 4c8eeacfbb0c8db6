import { createHash } from "node:crypto";
import { open } from "node:fs/promises";
import type { ParsedKey, utils } from "ssh2";
import type { Secret } from "../../domain/secret.ts";
import { publicHalf } from "../../domain/ssh/private-key.ts";

export type KeyFile =
  | { readonly kind: "missing" }
  /** `problem` is a sentence for the user. */
  | { readonly kind: "unusable"; readonly problem: string }
  | { readonly kind: "public" | "private"; readonly key: ParsedKey }
  | {
      readonly kind: "encrypted";
      /** Tells this file's content from any other. */
      readonly digest: string;
      readonly publicKey: ParsedKey | undefined;
      /** undefined when the passphrase is wrong. Takes up to seconds, by design of the format. */
      readonly unlock: (passphrase: Secret) => ParsedKey | undefined;
    };

type ParseKey = typeof utils.parseKey;

/** Reads an identity file under OpenSSH's rule that nobody else may be able to read it. Never rejects. */
export async function readKeyFile(parseKey: ParseKey, path: string): Promise<KeyFile> {
  let text: string;
  try {
    const handle = await open(path, "r");
    try {
      const { mode, uid } = await handle.stat();
      text = await handle.readFile("utf8");
      const isPrivate = text.includes("PRIVATE KEY");
      if (isPrivate && uid === process.getuid?.() && (mode & 0o077) !== 0) {
        const octal = (mode & 0o777).toString(8).padStart(4, "0");
        return {
          kind: "unusable",
          problem: `${path} is ignored: others can read it (mode ${octal}). Run \`chmod 600 ${path}\`.`,
        };
      }
    } finally {
      await handle.close();
    }
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return { kind: "missing" };
    return { kind: "unusable", problem: `${path} cannot be read (${message}).` };
  }
  const key = parseKey(text);
  if (!(key instanceof Error)) return { kind: key.isPrivateKey() ? "private" : "public", key };
  if (!/encrypted|passphrase/i.test(key.message)) {
    return {
      kind: "unusable",
      problem: `${path} is ignored: pictl cannot use this kind of key (${key.message}). FIDO keys and certificates are not supported.`,
    };
  }
  return {
    kind: "encrypted",
    digest: createHash("sha256").update(text).digest("base64"),
    publicKey: await publicKeyOf(parseKey, path, text),
    unlock: (passphrase) => {
      const unlocked = parseKey(text, passphrase.reveal());
      return unlocked instanceof Error ? undefined : unlocked;
    },
  };
}

async function publicKeyOf(parseKey: ParseKey, path: string, text: string): Promise<ParsedKey | undefined> {
  const blob = publicHalf(text);
  if (blob !== undefined) {
    const key = parseKey(Buffer.from(blob, "base64"));
    return key instanceof Error ? undefined : key;
  }
  const beside = await readKeyFile(parseKey, `${path}.pub`);
  return beside.kind === "public" ? beside.key : undefined;
}

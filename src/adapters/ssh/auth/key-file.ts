import { createHash } from "node:crypto";
import type { ParsedKey, utils } from "ssh2";
import type { Secret } from "../../../domain/secrets/secret.ts";
import { quote } from "../../../domain/shell.ts";
import { publicHalf } from "../../../domain/ssh/auth/private-key.ts";
import { isMissing, readWhole, smallFileBytes, whyUnread } from "../../../files/read.ts";

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
    const { bytes, stats } = await readWhole(path, { maxBytes: smallFileBytes });
    text = bytes.toString();
    if (text.includes("PRIVATE KEY") && stats.uid === process.getuid?.() && (stats.mode & 0o077) !== 0) {
      const octal = (stats.mode & 0o777).toString(8).padStart(4, "0");
      return {
        kind: "unusable",
        problem: `${path} is ignored: others can read it (mode ${octal}). Run \`chmod 600 ${quote(path)}\`.`,
      };
    }
  } catch (error) {
    if (isMissing(error)) return { kind: "missing" };
    return { kind: "unusable", problem: `${path} is ignored: it ${whyUnread(error)}.` };
  }
  const key = parseKey(text);
  if (!(key instanceof Error)) return { kind: key.isPrivateKey() ? "private" : "public", key };
  if (!/encrypted|passphrase/i.test(key.message)) {
    return {
      kind: "unusable",
      problem: `${path} is ignored: pictl cannot use this kind of key (${key.message}).`,
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

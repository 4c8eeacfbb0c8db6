import { Secret } from "../../secrets/secret.ts";

/** Where a secret comes from. Only what needs it reads it (`readSecret`), so that a command which does not works without. */
export type SecretSource =
  | { readonly from: "literal"; readonly secret: Secret }
  /** `env:NAME` */
  | { readonly from: "env"; readonly name: string }
  /** `file:PATH`, absolute. */
  | { readonly from: "file"; readonly path: string };

/** Reads `env:NAME`, `file:PATH` or a literal; `resolvePath` makes the path absolute. */
export function parseSecretSource(text: string, resolvePath: (path: string) => string): SecretSource {
  if (text.startsWith("env:")) return { from: "env", name: text.slice("env:".length) };
  if (text.startsWith("file:")) return { from: "file", path: resolvePath(text.slice("file:".length)) };
  return { from: "literal", secret: new Secret(text) };
}

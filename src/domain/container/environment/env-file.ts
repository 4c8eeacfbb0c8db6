export type EnvFile =
  | { readonly ok: true; readonly variables: readonly (readonly [name: string, value: string])[] }
  /** `line` counts from 1. The message quotes nothing of the file: it may be a secret. */
  | { readonly ok: false; readonly line: number; readonly message: string };

/**
 * Reads a file of variables as `docker run --env-file` does (docker/cli, opts/file.go): NAME=value with the value taken
 * as it is, `#` comments, white space before a line; NAME alone takes what `lookup` knows of it, or else nothing. Of a
 * name that stands there twice the last one counts.
 */
export function parseEnvFile(text: string, lookup: (name: string) => string | undefined): EnvFile {
  const variables = new Map<string, string>();
  const lines = text.replace(/^\uFEFF/, "").split("\n");
  for (const [index, whole] of lines.entries()) {
    const line = whole.replace(/\r$/, "").replace(leadingBlanks, "");
    if (line === "" || line.startsWith("#")) continue;
    const equals = line.indexOf("=");
    const name = equals === -1 ? line : line.slice(0, equals);
    const value = equals === -1 ? lookup(name) : line.slice(equals + 1);
    const message = problem(name, value);
    if (message !== undefined) return { ok: false, line: index + 1, message };
    if (value !== undefined) variables.set(name, value);
  }
  return { ok: true, variables: [...variables] };
}

/** What Go's unicode.IsSpace takes for white space. */
const leadingBlanks = /^[\t\v\f\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+/;

function problem(name: string, value: string | undefined): string | undefined {
  if (name === "") return "there is no name before the =";
  if (/^export[ \t]/.test(name)) return "`export` is a shell's word, which docker does not take here";
  if (/[ \t]/.test(name)) return "there is white space in the name";
  if (name.includes("\0") || value?.includes("\0")) return "there is a NUL character in it";
  if (value?.includes("\n")) return `${name} has several lines in the environment of this machine, and may have one`;
  return undefined;
}

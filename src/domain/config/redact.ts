import type { ConfigPath } from "./path.ts";

/** Whether a secret stands at this path or would: the HTTP token and password, a swarm's token, a container's secrets. */
export function isSecretPath(path: ConfigPath): boolean {
  const [section, , , key] = path;
  return (typeof section === "string" && secretKeys.has(section)) || (section === "layout" && key === "secrets");
}

/**
 * The document with its secrets hidden: `env:NAME` and `file:PATH` stay, as they say where a secret is and not what
 * it is; a password inside a URL goes too.
 */
export function redact(value: unknown, path: ConfigPath = []): unknown {
  if (Array.isArray(value)) return value.map((item, index) => redact(item, [...path, index]));
  if (typeof value === "object" && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, redact(item, [...path, key])]));
  }
  if (isSecretPath(path)) return hide(value);
  return typeof value === "string" ? withoutPasswords(value) : value;
}

/** A text that may be a URL, or have some in it, without the passwords in them. */
export function withoutPasswords(text: string): string {
  return text.replace(urlPassword, "$1[REDACTED]@");
}

const secretKeys: ReadonlySet<string> = new Set(["token", "web_password", "swarm_token"]);
/** Up to the last @: a password that was not encoded may have any of `/:@` in it. What is a port and a path has none. */
const urlPassword = /(\/\/[^\s/@:]*:)(?!\d+\/)[^\s"']*@/g;

function hide(value: unknown): unknown {
  return typeof value === "string" && /^(?:env|file):./.test(value) ? value : "[REDACTED]";
}

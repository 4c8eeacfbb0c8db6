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
  if (typeof value === "string") return value.replace(urlPassword, "$1[REDACTED]@");
  return value;
}

const secretKeys: ReadonlySet<string> = new Set(["token", "web_password", "swarm_token"]);
const urlPassword = /^(https?:\/\/[^\s/@:]*:)[^\s/@]*@/i;

function hide(value: unknown): unknown {
  return typeof value === "string" && /^(?:env|file):./.test(value) ? value : "[REDACTED]";
}

import type { ConfigPath } from "../document/path.ts";

/**
 * Whether a secret stands at this path or would: the HTTP token and password, a swarm's token, a container's secrets;
 * in a section of the user's own, whatever has one of these names, since an anchor there can be all of them.
 */
export function isSecretPath(path: ConfigPath): boolean {
  const [section, , , key] = path;
  if (typeof section !== "string") return false;
  if (section.startsWith("x-")) return path.slice(1).some((part) => part === "secrets" || secretKeys.has(String(part)));
  if (section === "elasticsearch_auth") return ["api_key", "password"].includes(String(path[1]));
  return secretKeys.has(section) || (section === "layout" && key === "secrets");
}

/**
 * The document with its secrets hidden: `env:NAME` and `file:PATH` stay, as they say where a secret is and not what
 * it is; a password inside a URL or in the name of a login goes too, and in a section of the user's own each value that is a secret elsewhere
 * (an anchor there, an alias where it counts).
 */
export function redact(document: unknown, path: ConfigPath = []): unknown {
  return redacted(document, path, new Set(secretValues(document, path)));
}

function redacted(value: unknown, path: ConfigPath, secrets: ReadonlySet<unknown>): unknown {
  if (Array.isArray(value)) return value.map((item, index) => redacted(item, [...path, index], secrets));
  if (typeof value === "object" && value !== null) {
    // Where a text should be, the keys of what is there may be the secret.
    if (isSecretPath(path) && path.at(-1) !== "secrets") return "[REDACTED]";
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [key, redacted(item, [...path, key], secrets)]),
    );
  }
  if (isSecretPath(path)) return hide(value);
  if (String(path[0]).startsWith("x-") && secrets.has(value)) return hide(value);
  if (typeof value !== "string") return value;
  if (isReceiver(path)) return withoutPath(value);
  return logins.has(String(path.at(-1))) ? value.replace(loginPassword, "$1[REDACTED]") : withoutPasswords(value);
}

/** The path of a webhook, and a topic of ntfy, are as good as a password. */
function isReceiver([section, , key]: ConfigPath): boolean {
  return section === "notify" && key === "to";
}

function withoutPath(text: string): string {
  if (/^(?:env|file):./.test(text)) return text;
  return withoutPasswords(text).replace(/^([^:]*:\/\/(?:[^/]*@)?[^/]*\/).+$/s, "$1[REDACTED]");
}

function secretValues(value: unknown, path: ConfigPath): readonly unknown[] {
  if (typeof value === "object" && value !== null) {
    return Object.entries(value).flatMap(([key, item]) => secretValues(item, [...path, key]));
  }
  return isSecretPath(path) ? [value] : [];
}

/** A text that may be a URL, or have some in it, without the passwords in them. */
export function withoutPasswords(text: string): string {
  return text.replace(urlPassword, "$1[REDACTED]@");
}

const secretKeys: ReadonlySet<string> = new Set(["token", "web_password", "swarm_token", "api_key"]);
/** Up to the last @: a password that was not encoded may have any of `/:@` in it. What is a port and a path has none. */
const urlPassword = /(\/\/[^\s/@:]*:)(?!\d+\/)[^\s"']*@/g;
/** Keys whose values may begin with a login: `user@host`, several with commas between them. */
const logins: ReadonlySet<string> = new Set(["proxy_jump", "address"]);
const loginPassword = /((?:^|,)[^,@:]*:)[^,]*(?=@)/g;

function hide(value: unknown): unknown {
  return typeof value === "string" && /^(?:env|file):./.test(value) ? value : "[REDACTED]";
}

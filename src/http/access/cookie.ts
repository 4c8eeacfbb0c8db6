import type { Client } from "../../domain/access/client.ts";
import { sessionLifeMs } from "../../domain/access/session.ts";

/**
 * The name of the session's cookie. Cookies do not tell ports apart, so that two servers on one machine would log each
 * other out; `__Host-` keeps other names of the domain from setting one of ours.
 */
export function cookieName(port: number, { scheme }: Pick<Client, "scheme">): string {
  return `${scheme === "https" ? "__Host-" : ""}pictl-${port}`;
}

/** Kept for as long as a session may last at all; `""` takes it away. */
export function setCookie(name: string, secret: string, { scheme }: Pick<Client, "scheme">): string {
  const age = secret === "" ? 0 : sessionLifeMs / 1000;
  return `${name}=${secret}; Path=/; Max-Age=${age}; HttpOnly; SameSite=Strict${scheme === "https" ? "; Secure" : ""}`;
}

/** The value of a cookie; undefined when there is none of that name. */
export function readCookie(header: string | undefined, name: string): string | undefined {
  const found = (header ?? "").split(";").map((pair) => pair.trim());
  return found.find((pair) => pair.startsWith(`${name}=`))?.slice(name.length + 1);
}

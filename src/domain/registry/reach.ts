import { isLoopbackHost } from "./address.ts";

/**
 * Whether an answer of a registry may send us, and what we know, from `from` to `to`: a redirect, or where it says a
 * token is to be had. HTTPS may be anywhere; plain HTTP only on the host that is spoken to in plain HTTP already.
 * Never to an address with a user in it, nor from elsewhere to this machine.
 */
export function mayLead(from: URL, to: URL): boolean {
  if (to.username !== "" || to.password !== "") return false;
  if (isLoopbackHost(to.hostname) && !isLoopbackHost(from.hostname)) return false;
  if (to.protocol === "https:") return true;
  return to.protocol === "http:" && from.protocol === "http:" && to.hostname === from.hostname;
}

/** Whether a password may be sent in a request to this address. */
export function mayCarryPassword(url: URL, insecure: boolean): boolean {
  return url.protocol === "https:" || insecure || isLoopbackHost(url.hostname);
}

/**
 * The next page that a `Link: <…>; rel="next"` header names (RFC 8288), undefined when there is none. "foreign" when
 * it is on another server: a list does not continue there.
 */
export function nextPage(link: string | undefined, current: URL): URL | "foreign" | undefined {
  for (const match of (link ?? "").matchAll(/<([^<>]*)>((?:\s*;\s*[^\s;,=]+(?:\s*=\s*(?:"[^"]*"|[^\s;,"]+))?)*)/g)) {
    const [, target = "", params = ""] = match;
    if (!/;\s*rel\s*=\s*(?:"(?:[^"]*\s)?next(?:\s[^"]*)?"|next(?=\s*(?:;|$)))/i.test(params)) continue;
    if (!URL.canParse(target, current.href)) return "foreign";
    const next = new URL(target, current);
    return next.origin === current.origin && next.username === "" ? next : "foreign";
  }
  return undefined;
}

import type { IncomingHttpHeaders } from "node:http";
import { type Client, isSameOrigin } from "../../domain/access/client.ts";
import { RequestRefused } from "../refusal.ts";

const safeMethods: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS"]);

/**
 * What a browser does by itself for a page of somebody else must not count as its user's wish, so what comes with a
 * cookie and changes something must say that it comes from our own page, and be JSON, which no form can send.
 */
export function refuseForeignPage(method: string, headers: IncomingHttpHeaders, client: Client): void {
  if (safeMethods.has(method)) return;
  const site = headers["sec-fetch-site"];
  if (!isSameOrigin(headers.origin, client) || (site !== undefined && site !== "same-origin")) throw foreign();
  const type = headers["content-type"];
  const empty = headers["content-length"] === "0" || (type === undefined && headers["transfer-encoding"] === undefined);
  if (!empty && !/^application\/json(?:;|$)/i.test(type ?? "")) {
    throw new RequestRefused(415, "request-invalid", "The request must be JSON (Content-Type: application/json).");
  }
}

/** A browser opens WebSockets for any page, with our cookie; but it says for which. */
export function refuseForeignSocket(headers: IncomingHttpHeaders, client: Client): void {
  if (!isSameOrigin(headers.origin, client)) throw foreign();
}

function foreign(): RequestRefused {
  return new RequestRefused(403, "not-permitted", "The request comes from another site's page.", {
    hint: "Scripts send a token instead of a cookie. Behind a proxy that changes Host, `http.trusted_proxies` must have its address, and it must send X-Forwarded-Host and -Proto.",
  });
}

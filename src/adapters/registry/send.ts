import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import { request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import { PictlError } from "../../domain/errors.ts";
import type { JsonLimits } from "../../domain/json-reader.ts";
import { networkFailure } from "../../domain/registry/network-failure.ts";
import { mayLead } from "../../domain/registry/reach.ts";
import { firstOf } from "../../abort.ts";
import { readJson } from "../../files/json.ts";

export interface Request {
  /** Whose request this is, for errors. */
  readonly registry: string;
  /** Take any certificate of the host in the URL. */
  readonly lax: boolean;
  readonly signal: AbortSignal;
  /** Stays behind when a redirect leads to another server. */
  readonly authorization?: string | undefined;
  /** JSON; makes it a POST, which follows no redirect. */
  readonly body?: string;
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** What was asked for, after redirects. */
  readonly url: URL;
  /** undefined when the body is no JSON. */
  readonly json: unknown;
}

/** Milliseconds for one answer, redirects and body included. */
const timeoutMs = 20_000;
/** Lists of names are far below; a server that sends more means no good. */
const limits: JsonLimits = { bytes: 8 << 20, pieceBytes: 8 << 20, pieceValues: 200_000, elements: 200_000 };
const maxRedirects = 5;

/**
 * One request and its answer, whatever the status. Rejects with registry-unreachable, registry-failed (too large, a
 * redirect that is not followed) and interrupted.
 */
export async function sendToRegistry(url: URL, request: Request): Promise<Answer> {
  const { registry } = request;
  const timeout = AbortSignal.timeout(timeoutMs);
  const { signal, dispose } = firstOf([request.signal, timeout]);
  try {
    return await follow(url, { ...request, signal });
  } catch (error) {
    if (error instanceof PictlError) throw error;
    if (request.signal.aborted) throw interruption(request.signal, registry);
    throw networkFailure(registry, timeout.aborted ? "ETIMEDOUT" : codeOf(error), error);
  } finally {
    dispose();
  }
}

async function follow(start: URL, request: Request): Promise<Answer> {
  let url = start;
  for (let redirects = 0; redirects <= maxRedirects; redirects += 1) {
    const own = url.host === start.host;
    const answer = await exchange(url, { ...request, lax: request.lax && url.hostname === start.hostname }, own);
    const location = redirected(answer, request);
    if (location === undefined) return { ...answer, url };
    const next = URL.canParse(location, url.href) ? new URL(location, url) : undefined;
    if (!next || !mayLead(url, next)) {
      throw registryRefusal(
        request.registry,
        `it sends us on to ${(next?.origin ?? location).slice(0, 200)}, which is not followed`,
      );
    }
    url = next;
  }
  throw registryRefusal(request.registry, `it sends us in circles (${maxRedirects} redirects)`);
}

function redirected({ status, headers }: Omit<Answer, "url">, { body }: Request): string | undefined {
  return body === undefined && [301, 302, 303, 307, 308].includes(status) ? headers.location : undefined;
}

async function exchange(url: URL, request: Request, own: boolean): Promise<Omit<Answer, "url">> {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const begin = url.protocol === "https:" ? requestHttps : requestHttp;
    const sent = begin(url, {
      method: request.body === undefined ? "GET" : "POST",
      signal: request.signal,
      rejectUnauthorized: !request.lax,
      headers: {
        accept: "application/json",
        "user-agent": "pictl",
        ...(request.authorization !== undefined && own ? { authorization: request.authorization } : {}),
        ...(request.body === undefined
          ? {}
          : { "content-type": "application/json", "content-length": Buffer.byteLength(request.body) }),
      },
    });
    sent.once("response", resolve);
    sent.on("error", reject);
    sent.end(request.body);
  });
  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    json: await jsonOf(response, request.registry),
  };
}

async function jsonOf(response: IncomingMessage, registry: string): Promise<unknown> {
  try {
    return await readJson(response, limits);
  } catch (error) {
    response.destroy();
    throw error instanceof RangeError ? registryRefusal(registry, error.message) : error;
  }
}

/** The error for an answer that is of no use. `why` goes on the sentence. */
export function registryRefusal(registry: string, why: string, hint?: string): PictlError {
  return new PictlError("registry-failed", `The registry ${registry} gave no usable answer: ${why}.`, {
    hint: hint ?? `See whether this is the registry's address; \`curl -i https://${registry}/v2/\` shows what it says.`,
  });
}

function interruption(signal: AbortSignal, registry: string): PictlError {
  const { reason } = signal as { reason: unknown };
  if (reason instanceof PictlError) return reason;
  if (reason instanceof DOMException && reason.name === "TimeoutError")
    return networkFailure(registry, "ETIMEDOUT", reason);
  return new PictlError("interrupted", `Asking ${registry} was interrupted.`, { cause: reason });
}

function codeOf(error: unknown): string {
  const { code, message } = error as { code?: unknown; message?: unknown };
  return typeof code === "string" ? code : String(message);
}

import { type IncomingMessage, type RequestOptions, request } from "node:http";
import { type JsonLimits, JsonReader } from "../../domain/json-reader.ts";

/**
 * Sends a GET and resolves with the response's head. With `retry`, once more when a kept connection turns out to
 * have been closed by the other side meanwhile (RFC 9110, 9.2.2: safe for an idempotent method).
 */
export function send(options: RequestOptions, { retry }: { retry: boolean }): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const outgoing = request({ ...options, method: "GET" }, resolve);
    outgoing.on("error", (error: NodeJS.ErrnoException) => {
      const stale = outgoing.reusedSocket && (error.code === "ECONNRESET" || error.code === "EPIPE");
      if (retry && stale) resolve(send(options, { retry }));
      else reject(error);
    });
    outgoing.end();
  });
}

/** A whole body that should be JSON; undefined when it is none. Rejects with a RangeError, having read no further, beyond the limits. */
export async function readJson(response: IncomingMessage, limits: JsonLimits): Promise<unknown> {
  const reader = new JsonReader(limits);
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) reader.push(chunk);
    return reader.end();
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

import type { IncomingMessage } from "node:http";
import { RequestRefused } from "../refusal.ts";

/**
 * The JSON that a request brings; undefined for an empty body. No more than `maxBytes` of it are ever in memory. Rejects
 * with a Refusal for what is larger, is not JSON or not UTF-8.
 */
export async function readBody(request: IncomingMessage, maxBytes: number): Promise<unknown> {
  const chunks: Buffer[] = [];
  let size = 0;
  refuseLarge(Number(request.headers["content-length"] ?? 0), maxBytes);
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    refuseLarge(size, maxBytes);
    chunks.push(chunk);
  }
  if (size === 0) return undefined;
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(Buffer.concat(chunks))) as unknown;
  } catch {
    throw new RequestRefused(400, "request-invalid", "The request's body is not JSON in UTF-8.");
  }
}

function refuseLarge(bytes: number, maxBytes: number): void {
  if (bytes <= maxBytes) return;
  throw new RequestRefused(413, "request-invalid", `The request's body has more than ${maxBytes} bytes.`, {
    // What comes behind it is not read.
    headers: { connection: "close" },
  });
}

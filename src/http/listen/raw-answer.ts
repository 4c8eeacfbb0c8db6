import type { Duplex } from "node:stream";
import { type Failure, PictlError, toFailure } from "../../domain/errors.ts";
import { jsonFailure, jsonText } from "../../view/document.ts";

/** The document of a refusal, on a connection that nobody else answers any more; it ends with it. */
export function answerRaw(socket: Duplex, status: number, failure: Failure): void {
  const body = `${jsonText(jsonFailure([failure]))}\n`;
  const headers = `Connection: close\r\nContent-Type: application/json; charset=utf-8\r\nContent-Length: ${Buffer.byteLength(body)}`;
  // Node may not count it as one of its HTTP connections any more, and would wait for the client to end it.
  socket.once("finish", () => socket.destroy());
  socket.end(`HTTP/1.1 ${status} Refused\r\n${headers}\r\n\r\n${body}`);
}

/** What Node could not read as a request: too slow, too large, or none. */
export function answerUnreadable(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (error.code === "ECONNRESET" || !socket.writable) {
    socket.destroy();
    return;
  }
  const [status, message] = unreadable[error.code ?? ""] ?? [400, "This is no HTTP request."];
  answerRaw(socket, status, toFailure(new PictlError("request-invalid", message)));
}

const unreadable: Readonly<Record<string, readonly [number, string]>> = {
  HPE_HEADER_OVERFLOW: [431, "The request's address and headers are too large."],
  ERR_HTTP_REQUEST_TIMEOUT: [408, "The request did not come in time."],
  HPE_CHUNK_EXTENSIONS_OVERFLOW: [413, "The request's body is too large."],
};

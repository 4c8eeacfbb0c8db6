import { type IncomingMessage, type RequestOptions, request } from "node:http";

/**
 * Sends a GET and resolves with the response's head. With `retry`, once more when a kept connection turns out to
 * have been closed by the other side meanwhile (RFC 9110, 9.2.2: safe for an idempotent method).
 */
export function sendToDocker(options: RequestOptions, { retry }: { retry: boolean }): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const outgoing = request({ ...options, method: "GET" }, resolve);
    outgoing.on("error", (error: NodeJS.ErrnoException) => {
      const stale = outgoing.reusedSocket && (error.code === "ECONNRESET" || error.code === "EPIPE");
      if (retry && stale) resolve(sendToDocker(options, { retry }));
      else reject(error);
    });
    outgoing.end();
  });
}

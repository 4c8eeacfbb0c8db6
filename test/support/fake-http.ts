/** A web server for a test, on loopback, that answers as it is told. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface FakeHttp {
  readonly url: string;
  /** `127.0.0.1:PORT` */
  readonly host: string;
  /** `GET /path?query` of each request so far, and its Authorization. */
  readonly requests: readonly { readonly line: string; readonly authorization: string | undefined }[];
  close(): Promise<void>;
}

export interface Exchange {
  readonly url: URL;
  readonly method: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
  readonly json: (value: unknown, status?: number, headers?: Record<string, string>) => void;
  readonly response: ServerResponse;
}

export async function fakeHttp(answer: (exchange: Exchange) => void): Promise<FakeHttp> {
  const requests: { line: string; authorization: string | undefined }[] = [];
  const server = createServer((request, response) => {
    const { method = "", headers } = request;
    requests.push({ line: `${method} ${request.url ?? ""}`, authorization: headers.authorization });
    let body = "";
    request.on("data", (chunk: Buffer) => (body += chunk.toString()));
    request.on("end", () => {
      const json = (value: unknown, status = 200, extra = {}): void => {
        response.writeHead(status, { "content-type": "application/json", ...extra });
        response.end(JSON.stringify(value));
      };
      answer({
        url: new URL(request.url ?? "/", `http://${headers.host ?? ""}`),
        method,
        headers,
        body,
        json,
        response,
      });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url: `http://${host}`,
    host,
    requests,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { request as httpRequest, type IncomingHttpHeaders } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { runServe, type ServeInput } from "../../src/http/index.ts";
import { quietContext } from "../support/quiet-context.ts";

export interface TestServer {
  readonly url: string;
  readonly port: number;
  readonly warnings: readonly string[];
  /** Resolves when it has ended. */
  stop(): Promise<void>;
}

/** A config of one node that nobody reaches, with more of a config in it. */
export function configFile(more: object = {}): string {
  const folder = mkdtempSync(join(tmpdir(), "pictl-http-"));
  onTestFinished(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  const path = join(folder, "config.json");
  const config = { layout: [{ node: "n1", web: "-p 80:80" }], state_dir: join(folder, "state"), ...more };
  writeFileSync(path, JSON.stringify(config), { mode: 0o600 });
  return path;
}

/** The real server, in this process, on a free port; stopped with the test. */
export async function startServer(
  config: string = configFile(),
  instead: Partial<ServeInput> = {},
): Promise<TestServer> {
  const context = await quietContext(config, "pictl serve");
  const leave = new AbortController();
  const warnings: string[] = [];
  let listening: (url: string) => void = () => undefined;
  const address = new Promise<string>((resolve) => {
    listening = resolve;
  });
  const ended = runServe({
    config: context.config,
    host: context.config.http?.host ?? "127.0.0.1",
    port: 0,
    webRoot: "/nowhere",
    version: "1.2.3",
    leave: leave.signal,
    onListening: ({ url }) => {
      listening(url);
    },
    warn: (message) => {
      warnings.push(message);
    },
    ...instead,
  });
  const stop = async (): Promise<void> => {
    leave.abort();
    await ended.catch(() => undefined);
    await context.close();
  };
  onTestFinished(stop);
  const url = await Promise.race([address, ended.then(() => "")]);
  return { url, port: Number(new URL(url).port), warnings, stop };
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** One request with exactly these headers, which `fetch` would not send (`Host`, `Origin`). */
export function ask(
  server: Pick<TestServer, "port">,
  path: string,
  options: { readonly method?: string; readonly headers?: Record<string, string>; readonly body?: string } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { method = "GET", headers = {}, body } = options;
    const request = httpRequest({ host: "127.0.0.1", port: server.port, path, method, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("error", reject);
      response.on("end", () => {
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          text: Buffer.concat(chunks).toString(),
        });
      });
    });
    request.on("error", reject);
    request.end(body);
  });
}

/** The code of the first failure of a document. */
export function codeOf(answer: Answer): string | undefined {
  return (JSON.parse(answer.text) as { failures: { code: string }[] }).failures[0]?.code;
}

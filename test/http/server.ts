import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { request as httpRequest, type IncomingHttpHeaders } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { type Listening, runServe, type ServeInput } from "../../src/http/index.ts";
import { quietContext } from "../support/quiet-context.ts";

export interface TestServer extends Listening {
  readonly port: number;
  /** The config file. */
  readonly config: string;
  /** What a browser says of a page of ours that asks. */
  readonly page: Readonly<Record<string, string>>;
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

/** The real server, in this process, on a free port; stopped with the test, or when `atEnd` calls what it is given. */
export async function startServer(
  config: string = configFile(),
  instead: Partial<ServeInput> = {},
  atEnd: (stop: () => Promise<void>) => void = onTestFinished,
): Promise<TestServer> {
  const context = await quietContext(config, "pictl serve");
  const leave = new AbortController();
  const warnings: string[] = [];
  let listening: (where: Listening) => void = () => undefined;
  const address = new Promise<Listening>((resolve) => {
    listening = resolve;
  });
  const ended = runServe(context, {
    access: context.access,
    selfSigned: false,
    host: context.config.http?.host ?? "127.0.0.1",
    port: 0,
    legacyPort: 0,
    webRoot: "/nowhere",
    version: "1.2.3",
    leave: leave.signal,
    onListening: (where) => {
      listening(where);
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
  atEnd(stop);
  const where = await Promise.race([address, ended.then(() => ({ url: "http://ended/" }))]);
  const port = Number(new URL(where.url).port);
  const page = { host: `localhost:${port}`, origin: `http://localhost:${port}`, "content-type": "application/json" };
  return { ...where, port, page, config, warnings, stop };
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
  options: {
    readonly method?: string;
    readonly headers?: Readonly<Record<string, string>>;
    readonly body?: string;
  } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { method = "GET", body } = options;
    const headers = {
      ...(body === undefined || options.headers?.["transfer-encoding"]
        ? {}
        : { "content-length": String(Buffer.byteLength(body)) }),
      ...options.headers,
    };
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

/** Logs in as our page does. */
export function login(
  server: Pick<TestServer, "port" | "page">,
  wish: object,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  return ask(server, "/api/v1/session", {
    method: "POST",
    headers: { ...server.page, ...headers },
    body: JSON.stringify(wish),
  });
}

/** The cookie of a session, as a browser sends it. Throws when the login is refused. */
export async function sessionCookie(
  server: Pick<TestServer, "port" | "page">,
  wish: object,
  headers: Readonly<Record<string, string>> = {},
): Promise<string> {
  const answer = await login(server, wish, headers);
  if (answer.status !== 200) throw new Error(answer.text);
  return /^[^;]+/.exec(answer.headers["set-cookie"]?.[0] ?? "")?.[0] ?? "";
}

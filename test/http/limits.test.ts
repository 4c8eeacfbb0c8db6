import { X509Certificate } from "node:crypto";
import { connect } from "node:net";
import { connect as tlsConnect } from "node:tls";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { WebSocket } from "ws";
import { quietContext } from "../support/quiet-context.ts";
import { paintedLive, type PaintedLive, paintedModel } from "../web/painted.ts";
import { ask, codeOf, configFile, sessionCookie, startServer, type TestServer } from "./server.ts";

const anna = { username: "anna", password: "correct horse" };
const withUser = { web_username: anna.username, web_password: anna.password };

describe("a client that is slow or too much", () => {
  test("has so long for its headers, and is cut off", async () => {
    const server = await startServer(configFile(), { limits: { headersMs: 300 } });
    const socket = connect(server.port, "127.0.0.1");
    let said = "";
    socket.on("data", (chunk: Buffer) => (said += chunk.toString()));
    socket.on("error", () => undefined);
    socket.write("GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: ");
    await new Promise((resolve) => socket.on("close", resolve));
    expect(said).toContain("408 Request Timeout");
  });

  test.each([
    ["with its length", { "content-length": "2000000" }],
    ["in pieces", { "transfer-encoding": "chunked" }],
  ])("sends a body that is too large %s, and is told so", async (_, headers) => {
    const server = await startServer(configFile(withUser));
    const body = `{"username":"${"a".repeat(2_000_000 - 15)}"}`.slice(0, 2_000_000);
    const answer = await ask(server, "/api/v1/session", {
      method: "POST",
      headers: { ...server.page, ...headers },
      body,
    });
    expect([answer.status, codeOf(answer)]).toEqual([413, "request-invalid"]);
  });

  test("sends headers that are too large", async () => {
    const server = await startServer();
    expect((await ask(server, "/", { headers: { "x-large": "a".repeat(20_000) } })).status).toBe(431);
  });
});

describe("HTTPS", () => {
  test("with a certificate made here: its fingerprint is printed and stays, the cookie is bound to the host", async () => {
    const first = await startServer(configFile(withUser), { selfSigned: true });
    expect(first.url).toMatch(/^https:/);
    const shown = await certificateOf(first.port);
    expect(shown.fingerprint256).toBe(first.fingerprint);
    expect(shown.subjectAltName).toContain("DNS:localhost");
    expect(shown.verify(shown.publicKey)).toBe(true);
    await first.stop();
    const second = await startServer(first.config, { selfSigned: true });
    expect(second.fingerprint).toBe(first.fingerprint);
  });
});

describe("the stream", () => {
  test.each([
    ["our page", (port: number) => `http://localhost:${port}`, 101],
    ["another port", () => "http://localhost:1", 403],
    ["another site", () => "http://evil.example", 403],
    ["no page", () => undefined, 403],
  ])("for %s with the cookie is answered so", async (_, origin, status) => {
    const { server, cookie } = await streaming();
    expect((await opened(server, { cookie, origin: origin(server.port) })).status).toBe(status);
  });

  test("needs a login, and is no more than 20 times there for one session", async () => {
    const { server, cookie } = await streaming();
    expect((await opened(server, {})).status).toBe(401);
    const origin = `http://localhost:${server.port}`;
    for (let count = 0; count < 20; count++) expect((await opened(server, { cookie, origin })).status).toBe(101);
    expect((await opened(server, { cookie, origin })).status).toBe(429);
  });

  test("ends with the session, for its reason", async () => {
    const { server, cookie } = await streaming();
    const { socket } = await opened(server, { cookie, origin: `http://localhost:${server.port}` });
    const closed = new Promise<number>((resolve) => socket?.on("close", resolve));
    await ask(server, "/api/v1/session", { method: "DELETE", headers: { ...server.page, cookie } });
    expect(await closed).toBe(1008);
  });

  test("says what it does not understand, and goes on", async () => {
    const { server, cookie } = await streaming();
    const { socket } = await opened(server, { cookie, origin: `http://localhost:${server.port}` });
    const messages: string[] = [];
    socket?.on("message", (data: Buffer) => messages.push(data.toString()));
    for (const text of ["{", '{"subscribe":["nothing"]}', '{"subscribe":["cluster"],"more":1}']) socket?.send(text);
    socket?.send('{"subscribe":["cluster"]}');
    await vi.waitFor(() => {
      expect(messages.map((text) => (JSON.parse(text) as { kind: string }).kind)).toEqual([
        "refused",
        "refused",
        "refused",
        "cluster",
      ]);
    });
  });

  test("of a client that does not read is not kept: it gets the newest state when it does", async () => {
    const { server, cookie, live } = await streaming();
    const { socket } = await opened(server, { cookie, origin: `http://localhost:${server.port}` });
    const messages: string[] = [];
    socket?.on("message", (data: Buffer) => messages.push(data.toString()));
    socket?.send('{"subscribe":["cluster"]}');
    await vi.waitFor(() => {
      expect(messages).toHaveLength(1);
    });
    socket?.pause();
    const padding = "x".repeat(10_000);
    for (let count = 0; count < 3000; count++) {
      live.change((model) => ({ ...model, cluster: `${padding}${count}` }));
      if (count % 50 === 0) await new Promise(setImmediate);
    }
    socket?.resume();
    await vi.waitFor(
      () => {
        expect(messages.at(-1)?.includes("x2999")).toBe(true);
      },
      { timeout: 10_000 },
    );
    // 30 MB were told; what the kernel holds for a connection may have been sent.
    expect(messages.join("").length).toBeLessThan(15_000_000);
  });

  test("ends within 2 s when the server does, and is told", async () => {
    const { server, cookie } = await streaming();
    const { socket } = await opened(server, { cookie, origin: `http://localhost:${server.port}` });
    const closed = new Promise<number>((resolve) => socket?.on("close", resolve));
    const before = performance.now();
    await server.stop();
    expect(await closed).toBe(1001);
    expect(performance.now() - before).toBeLessThan(2000);
  });
});

async function streaming(): Promise<{ server: TestServer; cookie: string; live: PaintedLive }> {
  const config = configFile(withUser);
  const context = await quietContext(config, "pictl serve");
  onTestFinished(() => context.close());
  const live = paintedLive(paintedModel(context.config));
  const server = await startServer(config, { live });
  return { server, cookie: await sessionCookie(server, anna), live };
}

function opened(
  server: TestServer,
  { cookie, origin }: { readonly cookie?: string; readonly origin?: string | undefined },
): Promise<{ readonly status: number; readonly socket?: WebSocket }> {
  const headers = { host: `localhost:${server.port}`, ...(cookie === undefined ? {} : { cookie }) };
  const socket = new WebSocket(`ws://127.0.0.1:${server.port}/api/v1/stream`, {
    headers,
    ...(origin === undefined ? {} : { origin }),
  });
  onTestFinished(() => {
    socket.terminate();
  });
  return new Promise((resolve) => {
    socket.on("open", () => {
      resolve({ status: 101, socket });
    });
    socket.on("error", () => undefined);
    socket.on("unexpected-response", (_, response) => {
      resolve({ status: response.statusCode ?? 0 });
    });
  });
}

function certificateOf(port: number): Promise<X509Certificate> {
  return new Promise((resolve, reject) => {
    const socket = tlsConnect({ port, host: "127.0.0.1", rejectUnauthorized: false }, () => {
      const { raw } = socket.getPeerCertificate();
      socket.destroy();
      resolve(new X509Certificate(raw));
    });
    socket.on("error", reject);
  });
}

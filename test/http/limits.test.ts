import { execFileSync } from "node:child_process";
import { X509Certificate } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect as tlsConnect } from "node:tls";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { WebSocket } from "ws";
import { quietContext } from "../support/quiet-context.ts";
import { paintedLive, type PaintedLive, paintedModel } from "../web/painted.ts";
import { ask, codeOf, configFile, sessionCookie, startServer, type TestServer } from "./server.ts";
import { patience } from "../support/patience.ts";

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
    expect(said).toMatch(/^HTTP\/1\.1 408 [^]*"request-invalid"/);
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

  test("has so long for its body, and is cut off", async () => {
    const server = await startServer(configFile(), { limits: { headersMs: 200, bodyMs: 400 } });
    const socket = connect(server.port, "127.0.0.1");
    socket.on("error", () => undefined).resume();
    socket.write("POST /api/v1/session HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{");
    const before = performance.now();
    await new Promise((resolve) => socket.on("close", resolve));
    expect(performance.now() - before).toBeLessThan(10_000);
    expect((await ask(server, "/healthz")).status).toBe(200);
  });

  test("that takes nothing of its answer is cut off, and what waited for it is forgotten", async () => {
    const server = await startServer(configFile(withUser), { limits: { stalledMs: 400 } });
    const socket = connect(server.port, "127.0.0.1");
    socket.on("error", () => undefined).pause();
    // More answers than the kernel holds for a connection.
    const request = "GET /nothing HTTP/1.1\r\nHost: localhost\r\n\r\n".repeat(1000);
    const flood = setInterval(() => socket.write(request), 5);
    onTestFinished(() => {
      clearInterval(flood);
      socket.destroy();
    });
    // Who does not read hears of its end by what it writes.
    await new Promise((resolve) => socket.on("close", resolve));
    expect((await ask(server, "/healthz")).status).toBe(200);
  });

  test("is one of 200 connections at most; the next one is closed at once, until there is room", async () => {
    const server = await startServer(configFile(), { limits: { connections: 5 } });
    const open = async (): Promise<Socket> => {
      const socket = connect(server.port, "127.0.0.1");
      socket.on("error", () => undefined).resume();
      await new Promise((resolve) => socket.once("connect", resolve));
      socket.write("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n");
      await new Promise((resolve) => socket.once("data", resolve).once("close", resolve));
      return socket;
    };
    const sockets = await Promise.all(Array.from({ length: 5 }, open));
    onTestFinished(() => {
      for (const socket of sockets) socket.destroy();
    });
    const sixth = await open();
    await vi.waitFor(() => {
      expect(sixth.closed).toBe(true);
    }, patience);
    sockets.pop()?.destroy();
    await vi.waitFor(async () => {
      expect((await ask(server, "/healthz")).status).toBe(200);
    }, patience);
  });

  test("whose upgrade is refused, and who stays all the same, does not hold up the server's end", async () => {
    const server = await startServer();
    const socket = connect({ port: server.port, host: "127.0.0.1", allowHalfOpen: true });
    socket.on("error", () => undefined).resume();
    const upgrade = "Host: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket";
    socket.write(`GET //\\/<x>/api/v1/stream HTTP/1.1\r\n${upgrade}\r\n\r\n`);
    const said = await new Promise<string>((resolve) =>
      socket.once("data", (chunk: Buffer) => {
        resolve(chunk.toString());
      }),
    );
    expect(said).toMatch(/^HTTP\/1\.1 404 /);
    const before = performance.now();
    await server.stop();
    expect(performance.now() - before).toBeLessThan(2000);
    socket.destroy();
  });

  test("sends headers that are too large", async () => {
    const server = await startServer();
    const answer = await ask(server, "/", { headers: { "x-large": "a".repeat(20_000) } });
    expect([answer.status, codeOf(answer)]).toEqual([431, "request-invalid"]);
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

test("a certificate that is renewed is the one of the next connection, on every port; a broken one changes nothing", async () => {
  const folder = mkdtempSync(join(tmpdir(), "pictl-tls-"));
  onTestFinished(() => {
    rmSync(folder, { recursive: true });
  });
  const paths = { cert: join(folder, "cert.pem"), key: join(folder, "key.pem") };
  const renew = (): void => {
    const made = [
      "req",
      "-x509",
      "-newkey",
      "ec",
      "-pkeyopt",
      "ec_paramgen_curve:prime256v1",
      "-nodes",
      "-subj",
      "/CN=localhost",
    ];
    execFileSync("openssl", [...made, "-keyout", paths.key, "-out", paths.cert], { stdio: "ignore" });
  };
  renew();
  const config = configFile({ http: { tls: paths, legacy_routes: true } });
  const server = await startServer(config, { limits: { certificateMs: 30 } });
  const legacy = Number(new URL(server.legacyUrl ?? "").port);
  const shown = async (): Promise<readonly string[]> =>
    Promise.all([server.port, legacy].map(async (port) => (await certificateOf(port)).fingerprint256));
  const wanted = (): string => new X509Certificate(readFileSync(paths.cert)).fingerprint256;
  const first = wanted();
  expect(await shown()).toEqual([first, first]);
  writeFileSync(paths.cert, "no certificate");
  await vi.waitFor(() => {
    expect(server.warnings.join()).toContain("cannot be used");
  }, patience);
  expect(await shown()).toEqual([first, first]);
  renew();
  await vi.waitFor(async () => {
    expect(await shown()).toEqual([wanted(), wanted()]);
  }, patience);
  expect(wanted()).not.toBe(first);
  expect(server.warnings.filter((each) => each.includes("cannot be used"))).toHaveLength(1);
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
    }, patience);
  });

  test("of a client that does not read is not kept: it gets the newest state when it does", async () => {
    const { server, cookie, live } = await streaming();
    const { socket } = await opened(server, { cookie, origin: `http://localhost:${server.port}` });
    const messages: string[] = [];
    socket?.on("message", (data: Buffer) => messages.push(data.toString()));
    socket?.send('{"subscribe":["cluster"]}');
    await vi.waitFor(() => {
      expect(messages).toHaveLength(1);
    }, patience);
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

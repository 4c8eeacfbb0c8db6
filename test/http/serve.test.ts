import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { channel } from "node:diagnostics_channel";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { handshakeChannel } from "../../src/domain/ssh/connect/handshakes.ts";
import { openMetrics } from "../../src/http/metrics.ts";
import { runParts } from "../../src/http/parts.ts";
import { firstModel } from "../../src/watch/reduce/first.ts";
import { quietContext } from "../support/quiet-context.ts";
import { paintedLive, paintedModel } from "../web/painted.ts";
import { startApi } from "./api/api.ts";
import { ask, codeOf, configFile, startServer } from "./server.ts";
import { patience } from "../support/patience.ts";

test("answers that it is alive, which version it is, and that there is nothing else", async () => {
  const server = await startServer(configFile({ token: "of-the-config" }));
  expect(await ask(server, "/healthz")).toMatchObject({ status: 200, text: '{"ok":true}' });
  const headers = { authorization: "Bearer of-the-config" };
  expect(await ask(server, "/api/v1/version", { headers })).toMatchObject({
    status: 200,
    text: '{"version":"1.2.3","api":1}',
  });
  const missing = await ask(server, "/api/v1/nothing");
  expect([missing.status, codeOf(missing)]).toEqual([404, "no-such-route"]);
});

test("serves the files of the console, compressed where that is taken, and nothing outside their folder", async () => {
  const webRoot = mkdtempSync(join(tmpdir(), "pictl-web-"));
  onTestFinished(() => {
    rmSync(webRoot, { recursive: true });
  });
  writeFileSync(join(webRoot, "index.html"), '<html><style nonce="@NONCE@"></style>');
  writeFileSync(join(webRoot, "main-ABCD1234.js"), "let a;".repeat(1000));
  const server = await startServer(configFile(), { webRoot });
  const page = await ask(server, "/");
  const nonce = /nonce="([^"]+)"/.exec(page.text)?.[1] ?? "";
  expect(page.headers["content-security-policy"]).toContain(`style-src 'self' 'nonce-${nonce}'`);
  expect((await ask(server, "/")).text).not.toContain(nonce);
  const script = await ask(server, "/main-ABCD1234.js", { headers: { "accept-encoding": "gzip, br" } });
  expect(script.headers).toMatchObject({
    "content-type": "text/javascript; charset=utf-8",
    "content-encoding": "gzip",
    "cache-control": "public, max-age=31536000, immutable",
  });
  expect(Number(script.headers["content-length"])).toBeLessThan(200);
  for (const path of ["/../config.json", "/%2e%2e/config.json", "/..%2fconfig.json", "//etc/passwd"]) {
    expect((await ask(server, path)).status, path).toBe(404);
  }
});

test("tells a browser on every answer to run nothing but the console's own files", async () => {
  const server = await startServer();
  for (const path of ["/", "/healthz", "/api/v1/version", "/nothing"]) {
    const { headers } = await ask(server, path);
    expect(headers["content-security-policy"], path).toBe(
      "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; font-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; require-trusted-types-for 'script'",
    );
    expect(headers["x-content-type-options"], path).toBe("nosniff");
    expect(headers["x-powered-by"], path).toBeUndefined();
  }
});

describe("a port that is taken", () => {
  test("is a sentence with its remedy", async () => {
    const { port } = await startServer();
    await expect(startServer(configFile(), { port })).rejects.toMatchObject({
      code: "missing-prerequisite",
      message: `Cannot listen on 127.0.0.1, port ${port}: another program listens there.`,
    });
  });
});

test("ends within 2 s while a client keeps a request open", async () => {
  const server = await startServer();
  const socket = connect(server.port, "127.0.0.1");
  const closed = new Promise((resolve) => socket.on("close", resolve));
  socket.on("error", () => undefined);
  await new Promise<void>((resolve) => {
    socket.write("POST /api/v1/session HTTP/1.1\r\nHost: localhost\r\n", () => {
      resolve();
    });
  });
  const before = performance.now();
  await server.stop();
  await closed;
  expect(performance.now() - before).toBeLessThan(2000);
});

describe("parts", () => {
  const part = (name: string, log: string[], fails = false) => ({
    start: async () => {
      log.push(`+${name}`);
      if (fails) throw new Error(name);
      return async () => {
        log.push(`-${name}`);
      };
    },
  });

  test("start in order and stop in reverse", async () => {
    const log: string[] = [];
    const leave = new AbortController();
    const running = runParts([part("a", log), part("b", log)], leave.signal);
    await new Promise(setImmediate);
    leave.abort();
    await running;
    expect(log).toEqual(["+a", "+b", "-b", "-a"]);
  });

  test("one that cannot start stops those before it", async () => {
    const log: string[] = [];
    const running = runParts([part("a", log), part("b", log, true)], new AbortController().signal);
    await expect(running).rejects.toThrow("b");
    expect(log).toEqual(["+a", "+b", "-a"]);
  });
});

test("Prometheus is told what is known, once every node has told, and as long as it asks", async () => {
  const config = configFile();
  const context = await quietContext(config, "pictl serve");
  onTestFinished(() => context.close());
  const live = paintedLive(firstModel({ config: context.config, path: config, wishes: new Map() }, Date.now()));
  const metrics = openMetrics(live, { lastsMs: 100, patienceMs: 60_000 });
  const text = metrics.text(Date.now());
  live.change(() => paintedModel(context.config));
  expect(await text).toContain('pictl_node_up{cluster="default",node="n1"} 1\n');
  expect(live.viewers()).toBe(1);
  // What is told from then on counts: SSH handshakes anywhere in the process, and what the event log has.
  channel(handshakeChannel).publish({ node: "n1", ok: false });
  const event = { time: new Date(Date.now() + 1000).toISOString(), type: "container.failed-over", who: "daemon" };
  live.change((model) => ({ ...model, events: [...model.events, event] }));
  live.change((model) => ({ ...model, cluster: "default" }));
  const counted = await metrics.text(Date.now());
  expect(counted).toContain('pictl_ssh_handshake_errors_total{cluster="default",node="n1"} 1\n');
  expect(counted).toContain('pictl_failovers_total{cluster="default"} 1\n');
  await vi.waitFor(() => {
    expect(live.viewers()).toBe(0);
  }, patience);
  expect(await metrics.text(Date.now())).toContain("pictl_node_up");
  // In the same millisecond as the last one, and told after it.
  live.change((model) => ({ ...model, events: [...model.events, { ...event }] }));
  expect(await metrics.text(Date.now())).toContain('pictl_failovers_total{cluster="default"} 2\n');
  // That some have left the model counts nothing twice.
  live.change((model) => ({ ...model, events: model.events.slice(-1) }));
  expect(await metrics.text(Date.now())).toContain('pictl_failovers_total{cluster="default"} 2\n');
  metrics.stop();
  expect(live.viewers()).toBe(0);
});

test("Prometheus needs a token, of any role", async () => {
  const config = configFile();
  const context = await quietContext(config, "pictl serve");
  onTestFinished(() => context.close());
  const server = await startApi(config, { live: paintedLive(paintedModel(context.config)) });
  expect((await ask(server, "/metrics")).status).toBe(401);
  const answer = await ask(server, "/metrics", { headers: server.token("viewer") });
  expect([answer.status, answer.headers["content-type"]]).toEqual([200, "text/plain; version=0.0.4; charset=utf-8"]);
  expect(answer.text).toMatch(/^pictl_event_loop_lag_seconds\{cluster="default"\} /m);
});

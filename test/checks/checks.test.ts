import { createServer as createHttpServer } from "node:http";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { systemClock } from "../../src/adapters/clock/index.ts";
import { network } from "../../src/adapters/network/index.ts";
import type { Engines, Nodes } from "../../src/app/ports.ts";
import { openChecks } from "../../src/checks/index.ts";
import type { CheckKindName } from "../../src/domain/config/types.ts";
import type { ContainerFacts } from "../../src/domain/docker/facts.ts";
import { containerFacts } from "../fakes/facts.ts";
import { localNodes } from "../adapters/docker/local-nodes.ts";

const servers: Server[] = [];
const sockets: Socket[] = [];
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy();
  for (const server of servers.splice(0)) server.close();
});

async function listen(server: Server): Promise<number> {
  servers.push(server);
  server.on("connection", (socket: Socket) => sockets.push(socket));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
}

function engines(containers: readonly ContainerFacts[], addresses?: readonly string[]): Engines {
  const engine = { containers: () => Promise.resolve([...containers]), addresses: () => Promise.resolve(addresses) };
  return { on: () => Promise.resolve(engine as never) };
}

function run(
  check: { kind: CheckKindName } & Record<string, unknown>,
  parts: {
    containers?: readonly ContainerFacts[];
    addresses?: readonly string[];
    nodes?: Nodes;
    signal?: AbortSignal;
  } = {},
) {
  const checks = openChecks({
    nodes: parts.nodes ?? localNodes({}),
    engines: engines(parts.containers ?? [], parts.addresses),
    network,
    clock: systemClock,
  });
  const node = { name: "n1", address: "127.0.0.1", ssh: {}, labels: {}, cordoned: false };
  return checks.run(check, { node, container: "web", signal: parts.signal ?? new AbortController().signal });
}

/** Of each kind, how it is told that what it looks at is not there; the compiler asks for a new one. */
const absent: Readonly<Record<CheckKindName, readonly [options: object, message: RegExp]>> = {
  tcp: [{ port: 1 }, /^connection refused$/],
  http: [{ port: 1 }, /^connection refused$/],
  exec: [{ command: "true" }, /^exit code 127: .*docker.*not found$/],
  docker: [{}, /^no such container$/],
  ping: [{ via: "node" }, /^no such container$/],
};

test.each(Object.entries(absent))("%s: what is not there is not well, in words", async (kind, [options, message]) => {
  const nodes = localNodes({ env: { PATH: "/nonexistent" } });
  const result = await run({ kind: kind as CheckKindName, ...options }, { nodes });
  expect(result).toMatchObject({ ok: false, message: expect.stringMatching(message) as string });
});

describe("tcp", () => {
  test("a port that takes a connection is well, and the connection is closed", async () => {
    const server = createServer();
    const port = await listen(server);
    const closed = new Promise((resolve) => server.once("connection", (socket: Socket) => socket.on("close", resolve)));
    expect(await run({ kind: "tcp", port })).toMatchObject({ ok: true, message: "connected" });
    await closed;
  });

  test("the node can ask too", async () => {
    const port = await listen(createServer());
    expect(await run({ kind: "tcp", port, via: "node" })).toMatchObject({ ok: true });
  });
});

describe("http", () => {
  const site = () =>
    listen(
      createHttpServer((request, response) => {
        response.writeHead(request.url === "/broken" ? 503 : 200).end(`hello from ${String(request.headers.host)}`);
      }),
    );

  test.each([
    [{}, true, "HTTP 200"],
    [{ path: "/broken" }, false, "HTTP 503, expected 200-399"],
    [{ path: "/broken", status: 503 }, true, "HTTP 503"],
    [{ body: "hello from shop.example", host: "shop.example" }, true, "HTTP 200"],
    [{ body: "goodbye" }, false, "the answer lacks the expected text"],
    [{ via: "node" }, true, "HTTP 200"],
  ])("%j: %s, %s", async (options, ok, message) => {
    expect(await run({ kind: "http", port: await site(), ...options })).toMatchObject({ ok, message });
  });

  test("who takes the connection and says nothing is given up on", async () => {
    const port = await listen(createServer());
    const result = await run({ kind: "http", port, timeoutMs: 300 });
    expect(result).toMatchObject({ ok: false, message: "no answer within 0.3 s" });
    expect(result.durationMs).toBeLessThan(5000);
  });
});

describe("docker", () => {
  test.each([
    [[containerFacts({ state: "exited" })], "exited"],
    [[containerFacts({ health: "unhealthy" })], "unhealthy"],
    [[containerFacts({ health: "starting" })], "starting"],
  ])("%#: not well, %s", async (containers, message) => {
    expect(await run({ kind: "docker" }, { containers })).toMatchObject({ ok: false, message });
  });

  test.each([
    [containerFacts({ health: "healthy" }), "healthy"],
    [containerFacts({ health: null }), "running"],
  ])("%#: well, %s", async (facts, message) => {
    expect(await run({ kind: "docker" }, { containers: [facts] })).toMatchObject({ ok: true, message });
  });
});

describe("ping via the node", () => {
  const ping = { kind: "ping", via: "node" } as const;
  test("one of the container's addresses is enough", async () => {
    const addresses = ["::2", "127.0.0.1"];
    expect(await run(ping, { addresses })).toMatchObject({ ok: true, message: "127.0.0.1 answers" });
  });

  test.each([
    [undefined, "no such container"],
    [[], "it has no address: it does not run, or has no network"],
  ])("%j: %s", async (addresses, message) => {
    const parts = addresses === undefined ? {} : { addresses };
    expect(await run(ping, parts)).toMatchObject({ ok: false, message });
  });

  test("a node that cannot ping says nothing about the container", async () => {
    const nodes = localNodes({ env: { PATH: "/nonexistent" } });
    const result = await run(ping, { nodes, addresses: ["127.0.0.1"] });
    expect(result).toMatchObject({ ok: false, cannotTell: true });
    expect(result.message).toMatch(/^n1 cannot ping 127\.0\.0\.1: .*ping.*not found/);
  });
});

test("an abort is not a failed check", async () => {
  const stop = new AbortController();
  const port = await listen(createServer());
  const running = run({ kind: "http", port }, { signal: stop.signal });
  stop.abort(new Error("stopped"));
  await expect(running).rejects.toThrow("stopped");
});

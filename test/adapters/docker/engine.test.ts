import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import { openEngines } from "../../../src/adapters/docker/index.ts";
import type { Engine } from "../../../src/app/ports.ts";
import { type FakeEngine, fakeEngine, type Handler, hang, ping } from "./fake-engine.ts";
import { patience } from "../../support/patience.ts";
import { localNode, localNodes } from "./local-nodes.ts";

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function open(
  routes: Record<string, Handler | object>,
  { timeoutMs = 5000, signal = new AbortController().signal, deaf = false } = {},
): Promise<{ engine: Engine; fake: FakeEngine }> {
  const fake = await fakeEngine(routes);
  closing.push(() => fake.close());
  const nodes = localNodes({ socket: fake.socket, deaf });
  closing.push(() => nodes.close());
  return { engine: await openEngines(nodes, { timeoutMs }).on(localNode, signal), fake };
}

const listed = (index: number, labels: object = {}): object => ({
  Id: `id${String(index)}`,
  Names: [`/c${String(index)}`],
  State: "running",
  Status: "Up 3 minutes",
  Labels: labels,
});
const ours = { "io.pictl.cluster": "x" };
const started = { State: { StartedAt: "2026-11-23T03:50:23Z" } };

describe("the engine that the node's docker client speaks to", () => {
  it("is asked for its version before it is known that it is the usual one", async () => {
    const usual = await fakeEngine({ "/containers/json": [listed(1)] });
    closing.push(() => usual.close());
    const known = vi.waitUntil(() => usual.requests.includes("/_ping"), patience);
    const nodes = localNodes({ socket: usual.socket, dockerHost: { known } });
    closing.push(() => nodes.close());
    expect(await (await openEngines(nodes).on(localNode)).containers()).toHaveLength(1);
  });

  it("is another one: the usual one is asked nothing more, and its connection goes", async () => {
    const usual = await fakeEngine({});
    const other = await fakeEngine({ "/containers/json": [listed(1)] });
    closing.push(() => usual.close());
    closing.push(() => other.close());
    const known = vi.waitUntil(() => usual.requests.includes("/_ping"), patience);
    const nodes = localNodes({ socket: usual.socket, dockerHost: { socket: other.socket, known } });
    closing.push(() => nodes.close());
    expect(await (await openEngines(nodes).on(localNode)).containers()).toHaveLength(1);
    await vi.waitUntil(() => nodes.opened[0]?.destroyed, patience);
    expect([usual.requests, usual.connections(), other.requests]).toEqual([
      ["/_ping"],
      1,
      ["/_ping", "/containers/json?all=1"],
    ]);
  });
});

it("a login that may open no socket speaks over the docker client of the node", async () => {
  const fake = await fakeEngine({ "/containers/json": [listed(1)] });
  closing.push(() => fake.close());
  const relay = `const { connect } = require("net"); const engine = connect("${fake.socket}"); process.stdin.pipe(engine).pipe(process.stdout)`;
  const nodes = localNodes({ env: { PATH: withDocker(`exec '${process.execPath}' -e '${relay}'`) } });
  closing.push(() => nodes.close());
  expect(await (await openEngines(nodes).on(localNode)).containers()).toHaveLength(1);
  expect(fake.requests).toEqual(["/_ping", "/containers/json?all=1"]);
});

/** A search path on which `docker` is this line for a shell. */
function withDocker(line: string): string {
  const bin = mkdtempSync(join(tmpdir(), "pictl-docker-"));
  closing.push(async () => {
    rmSync(bin, { recursive: true });
  });
  writeFileSync(join(bin, "docker"), `#!/bin/sh\n${line}\n`, { mode: 0o755 });
  return `${bin}:${process.env["PATH"] ?? ""}`;
}

describe("containers", () => {
  it("10,000 of them are one request and well below a second of work", async () => {
    const rows = Array.from({ length: 10_000 }, (_, index) => ({ ...listed(index), Filler: "x".repeat(800) }));
    const { engine, fake } = await open({ "/containers/json": rows });
    const cpu = process.cpuUsage();
    expect(await engine.containers()).toHaveLength(10_000);
    const { user, system } = process.cpuUsage(cpu);
    expect((user + system) / 1e6).toBeLessThan(1);
    expect(fake.requests).toEqual(["/_ping", "/containers/json?all=1"]);
  });

  it("looks closer at those of pictl alone, over kept connections", async () => {
    const rows = [...Array.from({ length: 100 }, (_, index) => listed(index, ours)), listed(1000)];
    const routes = Object.fromEntries(rows.map((_, index) => [`/containers/id${String(index)}/json`, started]));
    const { engine, fake } = await open({ "/containers/json": rows, ...routes });
    const containers = await engine.containers();
    expect(containers[0]?.startedAtMs).toBe(Date.parse("2026-11-23T03:50:23Z"));
    expect(containers[100]?.startedAtMs).toBeNull();
    expect(fake.requests).toHaveLength(102);
    expect(fake.connections()).toBeLessThanOrEqual(8);
  });

  it("one that has just ended, which the list does not have yet, is listed once more", async () => {
    const ended = { ...listed(1, ours), State: "exited", Status: "Exited (137) 1 second ago" };
    let asked = 0;
    const behind: Handler = (_request, response) =>
      response.end(JSON.stringify([asked++ === 0 ? listed(1, ours) : ended]));
    const { engine, fake } = await open({
      "/containers/json": behind,
      "/containers/id1/json": { State: { Running: false, ExitCode: 137 } },
    });
    expect(await engine.container("c1")).toMatchObject({ state: "exited", exitCode: 137 });
    expect(fake.requests).toHaveLength(4);
  });

  it("does not mind one that is removed in between", async () => {
    const { engine } = await open({
      "/containers/json": [listed(1, ours), listed(2, ours)],
      "/containers/id2/json": started,
    });
    expect((await engine.containers()).map((facts) => facts.startedAtMs)).toEqual([
      null,
      Date.parse("2026-11-23T03:50:23Z"),
    ]);
  });

  it("an engine that hangs at the closer look costs one deadline, not one for each container", async () => {
    const rows = Array.from({ length: 200 }, (_, index) => listed(index, ours));
    const hanging = Object.fromEntries(rows.map((_, index) => [`/containers/id${String(index)}/json`, hang]));
    const { engine, fake } = await open({ "/containers/json": rows, ...hanging }, { timeoutMs: 2_000 });
    await expect(engine.containers()).rejects.toMatchObject({ code: "docker-unavailable", node: "n1" });
    expect(fake.requests.length).toBeLessThan(20);
  });
});

describe("addresses", () => {
  const inspected = (mode: string, networks: object, Running = true): object => ({
    State: { Running },
    HostConfig: { NetworkMode: mode },
    NetworkSettings: { Networks: networks },
  });
  const two = { a: { IPAddress: "172.18.0.2", GlobalIPv6Address: "" }, b: { IPAddress: "172.19.0.2" } };

  it.each<[string, object, readonly string[]]>([
    ["two networks", inspected("a", two), ["172.18.0.2", "172.19.0.2"]],
    ["IPv6 alone", inspected("a", { a: { IPAddress: "", GlobalIPv6Address: "fd00::2" } }), ["fd00::2"]],
    ["its node's", inspected("host", { host: { IPAddress: "" } }), ["127.0.0.1"]],
    ["another container's", inspected("container:gate", {}), ["172.18.0.9"]],
    ["none", inspected("none", { none: { IPAddress: "" } }), []],
    ["it does not run", inspected("host", {}, false), []],
  ])("%s", async (_what, inspection, addresses) => {
    const gate = inspected("bridge", { bridge: { IPAddress: "172.18.0.9" } });
    const { engine } = await open({ "/containers/web/json": inspection, "/containers/gate/json": gate });
    expect(await engine.addresses("web")).toEqual(addresses);
  });

  it("no such container, and two that name each other", async () => {
    const { engine } = await open({ "/containers/loop/json": inspected("container:loop", {}) });
    expect(await engine.addresses("web")).toBeUndefined();
    expect(await engine.addresses("loop")).toEqual([]);
  });
});

describe("when the engine is not well", () => {
  it("hung: says so after the deadline, and what to do", async () => {
    await expect(open({ "/_ping": hang }, { timeoutMs: 200 })).rejects.toMatchObject({
      code: "docker-unavailable",
      node: "n1",
      message: "Docker cannot be used. It did not answer /_ping within 0.2 s.",
      hint: expect.stringContaining("systemctl status docker") as string,
    });
  });

  it("not an engine at all", async () => {
    const page: Handler = (_request, response) => response.end("<html>");
    await expect(open({ "/_ping": page })).rejects.toMatchObject({ code: "docker-unavailable" });
    await expect(open({ "/_ping": { hello: "world" } })).rejects.toMatchObject({
      code: "docker-unavailable",
      message: "Docker cannot be used. What answers there is not a Docker Engine.",
    });
  });

  it.each([
    ["a proxy's error", 502, {}, "It answered /_ping with status 502 (Bad Gateway)."],
    ["a redirect", 301, { location: "http://10.0.0.1/" }, "It answered /_ping with status 301 (Moved Permanently)."],
    ["an engine that refuses", 503, {}, "It answered /_ping with status 503 (Service Unavailable): not now"],
  ])("%s instead of a version: told as it is, and nobody else is asked", async (_, status, head, reason) => {
    const said = reason.endsWith("not now") ? '{"message": "not now"}' : "<html>";
    const asked = vi.fn<Handler>((_request, response) => response.writeHead(status, head).end(said));
    await expect(open({ "/_ping": asked })).rejects.toMatchObject({
      code: "docker-unavailable",
      message: `Docker cannot be used. ${reason}`,
    });
    expect(asked).toHaveBeenCalledTimes(1);
  });

  it("bytes that are no HTTP: the whole of what the docker client makes of them", async () => {
    const noHttp: Handler = (_request, { socket }) => socket?.end("?");
    const fake = await fakeEngine({ "/_ping": noHttp });
    closing.push(() => fake.close());
    const words = ['Get "http://docker/version": malformed HTTP response "?"', "* Is it a daemon with TLS?"];
    const path = withDocker(`printf '%s\\n' '${words.join("' '")}' >&2\nexit 1`);
    const nodes = localNodes({ socket: fake.socket, env: { PATH: path } });
    closing.push(() => nodes.close());
    await expect(openEngines(nodes, {}).on(localNode, new AbortController().signal)).rejects.toMatchObject({
      code: "docker-unavailable",
      message: `Docker cannot be used. docker says: ${words.join("; ")}`,
    });
  });

  it("an error status: docker's own words", async () => {
    const broken: Handler = (_request, response) => response.writeHead(500).end('{"message": "layer store is broken"}');
    const { engine } = await open({ "/images/json": broken });
    await expect(engine.images()).rejects.toMatchObject({
      code: "docker-failed",
      message: "Docker refused with status 500: layer store is broken",
    });
  });

  it("an answer without end is given up", async () => {
    const flood: Handler = (_request, response) => {
      const chunk = Buffer.alloc(1 << 20, " ");
      const more = (): void => {
        while (!response.destroyed && response.write(chunk));
      };
      response.on("drain", more);
      more();
    };
    const { engine } = await open({ "/info": flood });
    await expect(engine.info()).rejects.toMatchObject({ code: "docker-unavailable" });
  });

  it("an answer that would keep this process busy for seconds is given up, and nobody waits meanwhile", async () => {
    const nested: Handler = (_request, response) => response.end("[".repeat(10_000_000));
    const { engine } = await open({ "/containers/json": nested });
    const cpu = process.cpuUsage();
    await expect(engine.containers()).rejects.toMatchObject({
      code: "docker-unavailable",
      node: "n1",
      message: expect.stringMatching(/containers\/json: the answer nests deeper than 64 levels\.$/) as string,
    });
    const { user, system } = process.cpuUsage(cpu);
    expect((user + system) / 1e6).toBeLessThan(0.5);
  });

  it("connections that the engine has closed meanwhile are replaced", async () => {
    const { engine, fake } = await open({ "/images/json": [{ Id: "sha256:1" }] });
    await engine.images();
    fake.closeConnections();
    expect(await engine.images()).toHaveLength(1);
  });

  it("an engine that was replaced meanwhile is spoken to in a version that it has", async () => {
    let refuses = false;
    const images: Handler = (request, response) => {
      if (!refuses || request.url?.startsWith("/v1.44/")) response.end("[]");
      else response.writeHead(400).end('{"message": "client version 1.41 is too old. Minimum supported is 1.44"}');
    };
    const { engine } = await open({
      "/images/json": images,
      "/version": { ApiVersion: "1.44", MinAPIVersion: "1.44" },
    });
    await engine.images();
    refuses = true;
    expect(await engine.images()).toEqual([]);
  });

  it("an engine that has dropped the version that we know best is spoken to in its oldest one", async () => {
    const inItsOldest =
      (body: string): Handler =>
      (request, response) => {
        if (request.url?.startsWith("/v1.70/")) response.end(body);
        else response.writeHead(400).end('{"message": "client version 1.51 is too old. Minimum supported is 1.70"}');
      };
    const { engine } = await open({
      "/_ping": ping("1.99"),
      "/version": { ApiVersion: "1.99", MinAPIVersion: "1.70" },
      "/images/json": inItsOldest("[]"),
      "/events": inItsOldest('{"Type": "image"}\n'),
    });
    const events = await engine.events({ since: undefined, signal: new AbortController().signal });
    expect((await events[Symbol.asyncIterator]().next()).done).toBe(false);
    expect(await engine.images()).toEqual([]);
  });

  it.each<[string, Handler]>([
    ["before the answer", (_request, response) => response.socket?.destroy()],
    ["in the middle of its head", (_request, response) => response.socket?.end("HTTP/1.1 200 O")],
    ["in the middle of its body", (_request, response) => response.write("[", () => response.destroy())],
  ])("a connection that ends %s is lost, which is no bug of ours", async (_when, ends) => {
    const { engine } = await open({ "/containers/json": ends });
    const lost = {
      code: "connection-lost",
      node: "n1",
      message: expect.stringContaining("/containers/json") as string,
    };
    await expect(engine.containers()).rejects.toMatchObject(lost);
  });

  it("a connection that is used many times gathers no listeners", async () => {
    const warnings: Error[] = [];
    const note = (warning: Error): number => warnings.push(warning);
    process.on("warning", note);
    closing.push(() => Promise.resolve(process.off("warning", note)));
    const { engine, fake } = await open({ "/images/json": [] });
    for (let round = 0; round < 50; round += 1) await engine.images();
    expect([fake.connections(), warnings]).toEqual([1, []]);
  });

  it("Ctrl-C ends a wait at once", async () => {
    const interruption = new AbortController();
    const { engine } = await open({ "/info": hang }, { signal: interruption.signal });
    const info = engine.info();
    setTimeout(() => {
      interruption.abort();
    }, 20);
    await expect(info).rejects.toMatchObject({ code: "interrupted" });
  });

  it("Ctrl-C and the deadline end a wait though the line is dead and tells nothing", async () => {
    const interruption = new AbortController();
    const { engine } = await open({ "/info": hang }, { timeoutMs: 2_000, signal: interruption.signal, deaf: true });
    await expect(engine.info()).rejects.toMatchObject({ code: "docker-unavailable" });
    const info = engine.info();
    interruption.abort();
    await expect(info).rejects.toMatchObject({ code: "interrupted" });
  });

  it("a second caller may try again after a failure", async () => {
    let calls = 0;
    const second: Handler = (request, response) => {
      calls += 1;
      if (calls > 1) ping("1.41")(request, response);
    };
    const fake = await fakeEngine({ "/_ping": second, "/info": { NCPU: 3 } });
    closing.push(() => fake.close());
    const nodes = localNodes({ socket: fake.socket });
    closing.push(() => nodes.close());
    const engines = openEngines(nodes, { timeoutMs: 5000 });
    const [first, same] = await Promise.allSettled([engines.on(localNode), engines.on(localNode)]);
    expect([first.status, same.status, calls]).toEqual(["rejected", "rejected", 1]);
    expect(await (await engines.on(localNode)).info()).toMatchObject({ cpus: 3 });
  });
});

describe("containers that are known", () => {
  it("are not asked about again", async () => {
    const known = { ...listed(1, ours), Labels: ours };
    const { engine, fake } = await open({
      "/containers/json": [known, listed(2, ours)],
      "/containers/id1/json": started,
      "/containers/id2/json": started,
    });
    const [before] = await engine.containers();
    const after = await engine.containers((facts) => (facts.id === "id1" ? before : undefined));
    expect(after[0]).toBe(before);
    expect(fake.requests.filter((path) => path === "/containers/id1/json")).toHaveLength(1);
    expect(fake.requests.filter((path) => path === "/containers/id2/json")).toHaveLength(2);
  });
});

describe("events", () => {
  const none = new AbortController().signal;
  const event = (action: string, nano: string): string =>
    `{"Type":"container","Action":"${action}","Actor":{"ID":"a","Attributes":{"name":"web"}},"timeNano":${nano}}\n`;

  it("are told as they come, whatever pieces they come in, from where somebody left off", async () => {
    const text = event("start", "1700000000123456789") + event("die", "1700000001000000001");
    const tells: Handler = (_request, response) => {
      for (let at = 0; at < text.length; at += 7) response.write(text.slice(at, at + 7));
    };
    const { engine, fake } = await open({ "/events": tells });
    const told = (await engine.events({ since: "1700000000.000000005", signal: none }))[Symbol.asyncIterator]();
    expect((await told.next()).value).toEqual({
      type: "container",
      action: "start",
      id: "a",
      names: ["web"],
      at: "1700000000.123456789",
    });
    expect((await told.next()).value).toMatchObject({ action: "die", at: "1700000001.000000001" });
    expect(new URL(`http://d${fake.requests.at(-1) ?? ""}`).searchParams.get("since")).toBe("1700000000.000000005");
  });

  it("one that is too long, or no JSON, has happened all the same, and takes no memory", async () => {
    const tells: Handler = (_request, response) => {
      response.write("x".repeat(10 << 20));
      response.write(`\nwhat?\n${event("start", "1700000000123456789")}`);
    };
    const { engine } = await open({ "/events": tells });
    const told = (await engine.events({ since: undefined, signal: none }))[Symbol.asyncIterator]();
    expect((await told.next()).value).toMatchObject({ type: "unread" });
    expect((await told.next()).value).toMatchObject({ type: "unread" });
    expect((await told.next()).value).toMatchObject({ action: "start" });
  });

  it("the end of the connection is an error, and an abort is heard at once, whatever Docker does", async () => {
    const breaks: Handler = (_request, response) => {
      response.write(event("start", "1700000000123456789"), () => response.destroy());
    };
    const silent: Handler = (_request, response) => {
      response.flushHeaders();
    };
    const { engine } = await open({ "/events": breaks });
    const broken = (await engine.events({ since: undefined, signal: none }))[Symbol.asyncIterator]();
    await broken.next();
    await expect(broken.next()).rejects.toMatchObject({ code: "connection-lost", node: "n1" });
    const { engine: deaf } = await open({ "/events": silent }, { deaf: true });
    const interruption = new AbortController();
    const waiting = (await deaf.events({ since: undefined, signal: interruption.signal }))[Symbol.asyncIterator]();
    const next = waiting.next();
    interruption.abort();
    await expect(next).rejects.toMatchObject({ code: "interrupted" });
  });
});

describe("logs", () => {
  const options = { follow: false, tail: undefined, since: undefined, signal: new AbortController().signal };
  const frame = (text: string): Buffer => {
    const header = Buffer.from([1, 0, 0, 0, 0, 0, 0, text.length]);
    return Buffer.concat([header, Buffer.from(text)]);
  };
  const time = "2026-11-23T03:50:23.116944647Z";

  it("asks for what is wanted", async () => {
    const { engine, fake } = await open({
      "/containers/a/json": {},
      "/containers/a/logs": (_request, response) => response.end(),
    });
    const lines = engine.logs("a", { ...options, follow: true, tail: 5, since: 1_700_000_000.25 });
    expect((await lines[Symbol.asyncIterator]().next()).done).toBe(true);
    expect(fake.requests.at(-1)).toBe(
      "/containers/a/logs?stdout=1&stderr=1&timestamps=1&follow=1&tail=5&since=1700000000.25",
    );
  });

  const dying: Handler = (_request, response) =>
    response.writeHead(409).end('{"message": "can not get logs from container which is dead or marked for removal"}');
  it.each([
    ["gone", {}],
    ["about to go", { "/containers/a/json": {}, "/containers/a/logs": dying }],
  ])("a container that is %s is an error that names it", async (_how, answers) => {
    const { engine } = await open(answers);
    await expect(engine.logs("a", options)[Symbol.asyncIterator]().next()).rejects.toMatchObject({
      code: "container-missing",
      container: "a",
    });
  });

  it("an engine that stops in the middle is given up, a followed log waits", async () => {
    const stalls: Handler = (_request, response) => response.write(frame(`${time} one\n`));
    const { engine } = await open({ "/containers/a/json": {}, "/containers/a/logs": stalls }, { timeoutMs: 2000 });
    const lines = engine.logs("a", options)[Symbol.asyncIterator]();
    expect((await lines.next()).value).toMatchObject({ line: "one" });
    await expect(lines.next()).rejects.toMatchObject({ code: "docker-unavailable" });

    const interruption = new AbortController();
    const following = engine.logs("a", { ...options, follow: true, signal: interruption.signal });
    const followed = following[Symbol.asyncIterator]();
    expect((await followed.next()).value).toMatchObject({ line: "one" });
    const next = followed.next();
    const patience = new Promise((resolve) => setTimeout(resolve, 2500, "still waiting"));
    expect(await Promise.race([next, patience])).toBe("still waiting");
    interruption.abort();
    await expect(next).rejects.toMatchObject({ code: "interrupted" });
  });

  it("Ctrl-C ends a followed log at whatever moment, though the line is dead and tells nothing", async () => {
    const silent: Handler = (_request, response) => {
      response.flushHeaders();
    };
    const { engine, fake } = await open(
      { "/containers/a/json": {}, "/containers/a/logs": silent, "/containers/b/json": {}, "/containers/b/logs": hang },
      { deaf: true },
    );
    for (const [container, moment] of [
      ["a", 0],
      ["a", 50],
      ["b", 0],
      ["b", 50],
    ] as const) {
      const interruption = new AbortController();
      const asked = fake.requests.length;
      const following = engine.logs(container, { ...options, follow: true, signal: interruption.signal });
      const next = following[Symbol.asyncIterator]().next();
      await expect.poll(() => fake.requests.length).toBe(asked + 2);
      setTimeout(() => {
        interruption.abort();
      }, moment);
      await expect(next).rejects.toMatchObject({ code: "interrupted" });
    }
  });

  it("a log that breaks off does not pass for a whole one", async () => {
    const breaks: Handler = (_request, response) => {
      response.write(frame(`${time} one\n`), () => response.destroy());
    };
    const { engine } = await open({ "/containers/a/json": {}, "/containers/a/logs": breaks });
    const lines = engine.logs("a", { ...options, follow: true })[Symbol.asyncIterator]();
    await expect(async () => {
      while ((await lines.next()).done !== true);
    }).rejects.toMatchObject({ code: "docker-unavailable", node: "n1" });
  });

  it("one whose connection ends before it begins is lost, which is no bug of ours", async () => {
    const ends: Handler = (_request, response) => response.socket?.destroy();
    const { engine } = await open({ "/containers/a/json": {}, "/containers/a/logs": ends });
    const lines = engine.logs("a", { ...options, follow: true })[Symbol.asyncIterator]();
    await expect(lines.next()).rejects.toMatchObject({ code: "connection-lost", node: "n1" });
  });

  it("a reader that stops early ends the request", async () => {
    let closed: () => void;
    const gone = new Promise<void>((resolve) => (closed = resolve));
    const endless: Handler = (_request, response) => {
      const timer = setInterval(() => response.write(frame(`${time} x\n`)), 5);
      response.on("close", () => {
        clearInterval(timer);
        closed();
      });
    };
    const { engine } = await open({ "/containers/a/json": {}, "/containers/a/logs": endless });
    for await (const record of engine.logs("a", { ...options, follow: true })) {
      expect(record.line).toBe("x");
      break;
    }
    await gone;
  });
});

describe("without a forwarded socket", () => {
  it("tells why the docker client cannot help either", async () => {
    const nodes = localNodes({
      env: { PATH: "/nonexistent:/bin:/usr/bin", DOCKER_HOST: "unix:///nonexistent/docker.sock" },
    });
    closing.push(() => nodes.close());
    const engine = openEngines(nodes, { timeoutMs: 5000 }).on(localNode);
    await expect(engine).rejects.toMatchObject({
      node: "n1",
      code: expect.stringMatching(/^docker-(missing|unavailable)$/) as string,
    });
  });

  it("a node without docker", async () => {
    const nodes = localNodes({ env: { PATH: "/nonexistent" } });
    closing.push(() => nodes.close());
    await expect(openEngines(nodes).on(localNode)).rejects.toMatchObject({ code: "docker-missing", node: "n1" });
  });
});

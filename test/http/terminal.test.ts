import { execFileSync } from "node:child_process";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { WebSocket } from "ws";
import type { Role } from "../../src/domain/access/role.ts";
import type { ServeInput } from "../../src/http/index.ts";
import { connectTerminal, type TerminalPage, terminalPage } from "../support/terminal-page.ts";
import { startSshd, whyNoSshd, type Sshd } from "../support/sshd.ts";
import { type ApiServer, type Headers, startApi } from "./api/api.ts";
import { ask, configFile } from "./server.ts";

const size = { columns: 80, rows: 24 };

describe.skipIf(whyNoSshd)("a terminal over HTTP, on a real sshd", { timeout: 30_000 }, () => {
  let sshd: Sshd;
  beforeAll(async () => {
    sshd = await startSshd();
  });
  afterAll(() => sshd.stop());

  /** A server with the node n1, and n2 where nobody listens. */
  const start = (
    terminalLimits: ServeInput["terminalLimits"] = {},
    { users = [], terminal = true }: { readonly users?: readonly Role[]; readonly terminal?: boolean } = {},
  ): Promise<ApiServer> => {
    const ssh = { address: "127.0.0.1", user: "root", identity_file: sshd.key, known_hosts_file: sshd.knownHosts };
    const nodes = { n1: { ...ssh, port: sshd.port }, n2: { ...ssh, port: 1 } };
    const layout = [{ node: "n1", web: "-p 80:80" }, { node: "n2" }];
    return startApi(configFile({ layout, nodes, http: { terminal } }), { users, terminalLimits });
  };

  test("has its size, follows it, and ends with the shell's code; opening and closing are events", async () => {
    const server = await start();
    const page = await openPage(server);
    page.say({ open: size });
    page.type("stty size; echo $TERM\r");
    await page.seen("24 80\r\nxterm-256color");
    page.say({ resize: { columns: 100, rows: 30 } });
    page.type("stty size\r");
    await page.seen("30 100");
    page.type("exit 7\r");
    expect(await page.closed).toBe(1000);
    expect(page.messages).toMatchObject([
      { kind: "opened", place: "n1", replayBytes: 0 },
      { kind: "ended", code: 7, failure: null },
    ]);
    const answer = await ask(server, "/api/v1/events?type=shell", { headers: server.token("admin") });
    const { events } = (JSON.parse(answer.text) as { result: { events: object[] } }).result;
    const by = { node: "n1", who: "admin", face: "api", address: "127.0.0.1", cause: "pictl shell n1" };
    expect(events).toMatchObject([
      { ...by, type: "shell.opened" },
      { ...by, type: "shell.closed", after: { code: 7 } },
    ]);
  });

  test("is there for a page that was loaded again, with what was in it; another page takes it over", async () => {
    const server = await start();
    const first = await openPage(server);
    first.say({ open: size });
    first.type("MARK=kept; echo one-$((1+1))\r");
    await first.seen("one-2");
    first.leave();
    const second = await openPage(server);
    second.say({ attach: { id: first.id(), ...size } });
    await second.seen("one-2");
    expect(second.messages[0]).toMatchObject({ kind: "opened", id: first.id() });
    second.type("echo still-$MARK\r");
    await second.seen("still-kept");
    const third = await openPage(server);
    third.say({ attach: { id: first.id(), columns: 90, rows: 20 } });
    expect(await second.closed).toBe(4001);
    third.type("stty size\r");
    await third.seen("20 90");
    third.say({ hangUp: true });
    expect(await third.closed).toBe(1000);
    expect(third.messages.at(-1)).toMatchObject({ kind: "ended", failure: { code: "interrupted" } });
    const fourth = await openPage(server);
    fourth.say({ attach: { id: first.id(), ...size } });
    await expectRefusal(fourth, "terminal-gone");
  });

  test("that ended while nobody looked says so to who comes back", async () => {
    const server = await start();
    const first = await openPage(server);
    first.say({ open: size });
    first.type("echo rea''dy; read line; exit 3\r");
    await first.seen("ready");
    first.type("\r");
    first.leave();
    await closedEvent(server);
    const second = await openPage(server);
    second.say({ attach: { id: first.id(), ...size } });
    await second.seen("ready");
    expect(await second.closed).toBe(1000);
    expect(second.messages.at(-1)).toMatchObject({ kind: "ended", code: 3 });
  });

  test("sends no more than its page draws, and all of it in the end", async () => {
    const server = await start({ windowBytes: 64 * 1024 });
    const page = await openPage(server, { draws: false });
    page.say({ open: size });
    page.type("head -c 3000000 /dev/zero | tr '\\0' x; echo; echo en''d\r");
    await expect.poll(() => page.bytes(), { timeout: 15_000 }).toBeGreaterThan(64 * 1024);
    const before = page.bytes();
    expect((await ask(server, "/healthz")).status).toBe(200);
    await new Promise((resolve) => setTimeout(resolve, 100));
    // One chunk may have been on its way.
    expect(page.bytes() - before).toBeLessThan(64 * 1024);
    page.draw();
    await page.seen("\nend");
    expect(page.bytes()).toBeGreaterThan(3_000_000);
  });

  test("passes every byte on, and what is pasted while the shell is busy", async () => {
    const server = await start();
    const page = await openPage(server);
    page.say({ open: size });
    page.type("stty raw -echo; echo g''o; head -c 200000 | md5sum; stty sane\r");
    await page.seen("go");
    const pasted = Buffer.alloc(200_000, "0123456789abcdef\x00\x1b\xff");
    for (let at = 0; at < pasted.length; at += 50_000) page.type(pasted.subarray(at, at + 50_000));
    const digest = execFileSync("md5sum", { input: pasted }).toString().slice(0, 32);
    await page.seen(digest);
    page.type("\rprintf '\\000\\033[6n\\377\\376 \\303\\050'; echo by''tes\r");
    await page.seen("\x00\x1b[6n\xff\xfe \xc3(bytes");
  });

  test("ends with its login, where nothing is typed, and where nobody looks", async () => {
    const server = await start({ idleMs: 3_600_000, awayMs: 3_600_000 }, { users: ["admin"] });
    const session = await server.session("admin");
    const page = await openPage(server, { headers: session });
    page.say({ open: size });
    page.type("exec sleep 987654\r");
    await expect.poll(() => isRunning("sleep 987654"), { timeout: 15_000 }).toBe(true);
    await ask(server, "/api/v1/session", { method: "DELETE", headers: session });
    expect(await page.closed).toBe(1008);
    await expect.poll(() => isRunning("sleep 987654"), { timeout: 15_000 }).toBe(false);

    const idle = await start({ idleMs: 500 });
    const quiet = await openPage(idle);
    quiet.say({ open: size });
    expect(await quiet.closed).toBe(1000);
    expect(quiet.messages.at(-1)).toMatchObject({ kind: "ended", failure: { code: "interrupted" } });

    const away = await start({ awayMs: 100 });
    const left = await openPage(away);
    left.say({ open: size });
    left.type("echo rea''dy\r");
    await left.seen("ready");
    left.leave();
    await closedEvent(away);
    const back = await openPage(away);
    back.say({ attach: { id: left.id(), ...size } });
    await expectRefusal(back, "terminal-gone");
  });

  test("is for admins, from our own page, of their own login, so many at once, and where the config says so", async () => {
    const server = await start({ ofOneLogin: 2 }, { users: ["operator", "admin"] });
    for (const role of ["viewer", "operator"] as const) {
      expect(await upgrade(server, { headers: server.token(role) })).toBe(403);
    }
    expect(await upgrade(server, { headers: await server.session("operator") })).toBe(403);
    const session = await server.session("admin");
    expect(await upgrade(server, { headers: {} })).toBe(401);
    expect(await upgrade(server, { headers: { ...session, origin: "http://localhost:1" } })).toBe(403);
    expect(await upgrade(server, { headers: { cookie: session["cookie"] ?? "" } })).toBe(403);
    expect(await upgrade(server, { path: "/api/v1/nodes/n1/terminal/", headers: session })).toBe(404);

    const own = await openPage(server, { headers: session });
    own.say({ open: size });
    await own.heard("opened");
    const other = await openPage(server);
    other.say({ attach: { id: own.id(), ...size } });
    await expectRefusal(other, "terminal-gone");
    const second = await openPage(server, { headers: session });
    second.say({ open: size });
    await second.heard("opened");
    const third = await openPage(server, { headers: session });
    third.say({ open: size });
    await expectRefusal(third, "too-many-requests");

    const off = await start({}, { terminal: false });
    const none = await openPage(off);
    none.say({ open: size });
    await expectRefusal(none, "not-permitted");
  });

  test.each([
    ["{"],
    ['{"open": {"columns": 1, "rows": 24}}'],
    ['{"open": {"columns": 80, "rows": 24, "term": "$(reboot)"}}'],
    ['{"resize": {"columns": 80, "rows": 24}}'],
    ['{"attach": {"id": "__proto__", "columns": 80, "rows": 24}}'],
    [Buffer.from("typed before there is a terminal")],
  ])("refuses %s as its first word", async (word) => {
    const page = await openPage(await start());
    page.raw(word);
    await page.heard("refused");
    expect(await page.closed).toBe(1008);
  });

  test("on a node that is not there, or does not answer, says why", async () => {
    const server = await start();
    const missing = await openPage(server, { path: "/api/v1/nodes/n3/terminal" });
    missing.say({ open: size });
    await expectRefusal(missing, "unknown-node");
    const silent = await openPage(server, { path: "/api/v1/nodes/n2/terminal" });
    silent.say({ open: size });
    expect(await silent.closed).toBe(1000);
    expect(silent.messages.at(-1)).toMatchObject({ kind: "ended", code: null, failure: { code: "node-unreachable" } });
  });

  test("many on one node: each works, and everything else on the node goes on", async () => {
    const server = await start({ ofOneLogin: 15 });
    const pages = await Promise.all(Array.from({ length: 14 }, () => openPage(server)));
    for (const page of pages) page.say({ open: size });
    for (const [index, page] of pages.entries()) page.type(`echo number-$((${String(index)}+100))\r`);
    for (const [index, page] of pages.entries()) await page.seen(`number-${String(index + 100)}\r\n`);
    const answer = await ask(server, "/api/v1/exec", {
      method: "POST",
      headers: { ...server.token("admin"), "content-type": "application/json" },
      body: '{"command": ["echo still here"], "node": ["n1"]}',
    });
    expect(answer.text).toContain("still here");
  });

  test("does not hold up the end of the server", async () => {
    const server = await start();
    const page = await openPage(server);
    page.say({ open: size });
    page.type("yes\r");
    await page.seen("y\r\ny\r\ny");
    const before = performance.now();
    await server.stop();
    expect(performance.now() - before).toBeLessThan(2000);
    expect(page.messages.at(-1)).toMatchObject({ kind: "ended", failure: { code: "interrupted" } });
  });
});

interface PageOptions {
  readonly path?: string;
  readonly headers?: Headers;
  readonly draws?: boolean;
}

function connect(server: ApiServer, { path = "/api/v1/nodes/n1/terminal", headers }: PageOptions): WebSocket {
  const host = `localhost:${String(server.port)}`;
  return connectTerminal(`ws://127.0.0.1:${String(server.port)}${path}`, {
    host,
    ...(headers ?? server.token("admin")),
  });
}

function upgrade(server: ApiServer, options: PageOptions): Promise<number> {
  const socket = connect(server, options);
  return new Promise((resolve) => {
    socket.on("open", () => {
      resolve(101);
    });
    socket.on("unexpected-response", (_, response) => {
      resolve(response.statusCode ?? 0);
    });
  });
}

function openPage(server: ApiServer, options: PageOptions = {}): Promise<TerminalPage> {
  return terminalPage(connect(server, options), options.draws);
}

async function expectRefusal(page: TerminalPage, code: string): Promise<void> {
  await page.heard("refused");
  expect(page.messages.at(-1)).toMatchObject({ kind: "refused", failure: { code } });
  expect(await page.closed).toBe(1008);
}

/** Waits until one is closed. */
async function closedEvent(server: ApiServer): Promise<void> {
  const look = (): Promise<{ text: string }> =>
    ask(server, "/api/v1/events?type=shell.closed", { headers: server.token("admin") });
  await expect.poll(async () => (await look()).text, { timeout: 15_000 }).toContain("shell.closed");
}

function isRunning(command: string): boolean {
  return execFileSync("ps", ["-eo", "args"], { encoding: "utf8" }).split("\n").includes(command);
}

import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, describe, expect, test, vi } from "vitest";
import { openHooks } from "../../../src/adapters/hooks/index.ts";
import type { PictlEvent } from "../../../src/domain/events/event.ts";
import { patience } from "../../support/patience.ts";

const event: PictlEvent = { time: "2026-01-01T00:00:00.000Z", type: "container.moved", container: "web", who: "me" };
const folder = mkdtempSync(join(tmpdir(), "pictl-hooks-"));
const hooks = openHooks(folder);
afterAll(() => {
  rmSync(folder, { recursive: true });
});

describe("a command", () => {
  test("gets the event on stdin, as one line", async () => {
    const file = join(folder, "event");
    const line = `read -r line && printf %s "$line" > '${file}'`;
    expect(await hooks.run(line, event, 30_000)).toEqual({ ok: true, message: "exit code 0" });
    expect(JSON.parse(readFileSync(file, "utf8"))).toEqual(event);
  });

  test("begins in the folder of the config, wherever pictl was started", async () => {
    writeFileSync(join(folder, "tell-dns"), "#!/bin/sh\npwd >told\n", { mode: 0o755 });
    expect(await hooks.run("./tell-dns", event, 30_000)).toEqual({ ok: true, message: "exit code 0" });
    expect(readFileSync(join(folder, "told"), "utf8")).toBe(`${folder}\n`);
  });

  test("that fails is told with its last words, and one that reads nothing is no failure", async () => {
    expect(await hooks.run("echo no DNS >&2; exit 3", event, 30_000)).toEqual({
      ok: false,
      message: "exit code 3: no DNS",
    });
    expect(await hooks.run("true", { ...event, after: "x".repeat(1_000_000) }, 30_000)).toMatchObject({ ok: true });
  });

  test("that hangs is ended, with what it started", async () => {
    const file = join(folder, "late");
    const startedAt = performance.now();
    const result = await hooks.run(`(sleep 30; touch '${file}') & sleep 60`, event, 300);
    expect(result).toEqual({ ok: false, message: "gave up after 300 ms" });
    expect(performance.now() - startedAt).toBeLessThan(20_000);
  });

  test("ends with what it started when pictl is killed, and has no descriptor of ours", async () => {
    const file = join(folder, "running");
    const line = `[ -e /proc/$$/fd/3 ] || echo closed >'${file}'; sleep 77 & echo $$ >'${file}.pid'; sleep 77`;
    const program = `
      import { openHooks } from ${JSON.stringify(new URL("../../../src/adapters/hooks/index.ts", import.meta.url).href)};
      await openHooks("/").run(${JSON.stringify(line)}, ${JSON.stringify(event)}, 60_000);`;
    const pictl = spawn(process.execPath, ["--import", "tsx", "--input-type=module", "--eval", program]);
    await vi.waitUntil(() => existsSync(`${file}.pid`) && readFileSync(`${file}.pid`, "utf8").endsWith("\n"), 20_000);
    expect(existsSync(file)).toBe(true);
    const group = Number(readFileSync(`${file}.pid`, "utf8"));
    process.kill(-group, 0);
    pictl.kill("SIGKILL");
    await vi.waitFor(() => {
      expect(() => process.kill(-group, 0)).toThrow("ESRCH");
    }, patience);
  });

  test("that says much is told with the end of it", async () => {
    const result = await hooks.run("yes chatter | head -c 1000000 >&2; echo the end >&2; exit 1", event, 30_000);
    expect(result.message).toMatch(/^exit code 1: .{1,500}the end$/s);
    expect(result.message.length).toBeLessThan(520);
  });

  test("that leaves something running is not waited for, and leaves it", async () => {
    const file = join(folder, "left");
    const line = `while ! test -e '${file}.go'; do sleep 0.1; done; touch '${file}'`;
    for (const start of [`(${line}) &`, `setsid sh -c "${line}" &`]) {
      rmSync(file, { force: true });
      rmSync(`${file}.go`, { force: true });
      const startedAt = performance.now();
      expect(await hooks.run(`${start} true`, event, 30_000)).toEqual({ ok: true, message: "exit code 0" });
      const failed = await hooks.run(`${start} echo no >&2; exit 3`, event, 30_000);
      expect(failed).toEqual({ ok: false, message: "exit code 3: no" });
      expect(performance.now() - startedAt).toBeLessThan(20_000);
      writeFileSync(`${file}.go`, "");
      await vi.waitFor(() => existsSync(file) || expect.fail("it was ended"), patience);
    }
  });

  test("that left its group before the time was up ends nobody else", async () => {
    const file = join(folder, "pid");
    const result = await hooks.run(`setsid sh -c 'echo $$ >${file}; exec sleep 60' & exec sleep 60`, event, 500);
    expect(result).toEqual({ ok: false, message: "gave up after 500 ms" });
    process.kill(Number(readFileSync(file, "utf8")), "SIGKILL");
  });

  test("that somebody else killed is not told to have taken too long", async () => {
    expect(await hooks.run("kill -9 $$", event, 30_000)).toEqual({ ok: false, message: "killed by SIGKILL" });
  });
});

describe("a URL", () => {
  let server: Server | undefined;
  afterEach(() => server?.closeAllConnections());

  const listen = async (
    answer: (body: string, authorization: string | undefined) => number | undefined,
  ): Promise<string> => {
    server = createServer((request, response) => {
      let body = "";
      request.on("data", (chunk: Buffer) => (body += chunk.toString()));
      request.on("end", () => {
        const status = answer(body, request.headers.authorization);
        if (status !== undefined) response.writeHead(status, { location: "/elsewhere" }).end();
      });
    });
    await new Promise<void>((resolve) => server?.listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/hook`;
  };

  test("gets the event as JSON", async () => {
    let seen: unknown;
    const url = await listen((body) => {
      seen = JSON.parse(body);
      return 204;
    });
    expect(await hooks.run(url, event, 30_000)).toEqual({ ok: true, message: "HTTP 204" });
    expect(seen).toEqual(event);
  });

  test("with a name and a password logs in with them, and tells them to nobody", async () => {
    const url = await listen((_body, authorization) => (authorization === undefined ? 401 : 418));
    const login = url.replace("//", "//tea%20pot:s%3Acret@");
    expect(await hooks.run(url, event, 30_000)).toEqual({ ok: false, message: "HTTP 401" });
    expect(await hooks.run(login, event, 30_000)).toEqual({ ok: false, message: "HTTP 418" });
    for (const unusable of [login.replace(/:\d+/, ":1"), login.replace(/:\d+/, ":x")]) {
      const { message } = await hooks.run(unusable, event, 30_000);
      expect(message).not.toContain("cret");
    }
  });

  test("with a token in place of a name logs in with that", async () => {
    const url = await listen((_body, authorization) =>
      authorization === `Basic ${Buffer.from("token:").toString("base64")}` ? 204 : 401,
    );
    expect(await hooks.run(url.replace("//", "//token@"), event, 30_000)).toEqual({ ok: true, message: "HTTP 204" });
  });

  test("that sends the event on to another is told: it would arrive as a GET without it", async () => {
    const seen: string[] = [];
    const url = await listen((body) => {
      seen.push(body);
      return 302;
    });
    const message = "HTTP 302, which sends it on to another URL";
    expect(await hooks.run(url, event, 30_000)).toEqual({ ok: false, message });
    expect(seen).toHaveLength(1);
  });

  test("that refuses, hangs or is not there fails in few words", async () => {
    expect(await hooks.run(await listen(() => 500), event, 30_000)).toEqual({ ok: false, message: "HTTP 500" });
    expect(await hooks.run(await listen(() => undefined), event, 300)).toEqual({
      ok: false,
      message: "gave up after 300 ms",
    });
    expect(await hooks.run("http://127.0.0.1:1/", event, 30_000)).toMatchObject({ ok: false });
  });

  test("where nothing listens is told with its place, the reason and what to do, and without its path", async () => {
    const url = await listen(() => 204);
    await new Promise((resolve) => server?.close(resolve));
    const { message } = await hooks.run(url, event, 30_000);
    expect(message).toBe(
      `${new URL(url).host} cannot be used: nothing listens there (connection refused); ` +
        "see that its receiver runs and that this machine reaches it, or correct its URL under `hooks`",
    );
  });
});

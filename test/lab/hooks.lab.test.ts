import { readFileSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import Create from "../../commands/create.ts";
import Log from "../../commands/log.ts";
import Move from "../../commands/move.ts";
import type { PictlEvent } from "../../src/domain/events/event.ts";
import { type DocumentOf, documentOf, runCommand } from "../support/command.ts";
import { labObstacle, withLab } from "../support/lab.ts";

const obstacle = await labObstacle();

describe.skipIf(obstacle !== undefined)("hooks", () => {
  const lab = withLab({ nodes: 2 });
  const path = (): string => lab.status().config;
  const beside = (name: string): string => join(dirname(path()), name);
  const run = (command: Parameters<typeof runCommand>[0], ...words: string[]) => runCommand(command, words, path());
  let server: Server;
  /** What the server was sent; it answers `status`, or nothing at all. */
  const posts: PictlEvent[] = [];
  let status: number | undefined = 204;

  /** The config's own hook, and the container's. */
  const hooks = (cluster: string, container: string): void => {
    const config = JSON.parse(readFileSync(path(), "utf8")) as {
      layout: Record<string, unknown>[];
      hooks?: object;
    };
    config.hooks = { on_move: cluster };
    for (const row of config.layout) {
      if (row["web"] !== undefined) row["web"] = { args: "-p 8080:80", hooks: { on_move: container } };
    }
    writeFileSync(path(), JSON.stringify(config), { mode: 0o600 });
  };
  const url = (): string => `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/moved`;
  /** The events of hooks since the last time they were asked for. */
  let told = 0;
  const results = async (): Promise<readonly PictlEvent[]> => {
    const words = ["--type", "hook.*", "--json"];
    const { result } = documentOf(await run(Log, ...words)) as DocumentOf<{ events: PictlEvent[] }>;
    const fresh = result.events.slice(told);
    told = result.events.length;
    return fresh;
  };

  beforeAll(async () => {
    server = createServer((request, response) => {
      let body = "";
      request.on("data", (chunk: Buffer) => (body += chunk.toString()));
      request.on("end", () => {
        posts.push(JSON.parse(body) as PictlEvent);
        if (status !== undefined) response.writeHead(status).end();
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const created = await run(Create, "web");
    expect(created.code, created.stderr).toBe(0);
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  test("a command and a URL get the move as JSON, once the config says so, and each is an event", async () => {
    // The layout as the hook finds it: the config was written before.
    hooks(`cat >${beside("event")}; cp ${path()} ${beside("seen.json")}`, url());
    const moved = await run(Move, "web", "n2");
    expect([moved.code, moved.stderr]).toEqual([0, expect.not.stringContaining("hook")]);
    const event = {
      type: "container.moved",
      container: "web",
      node: "n2",
      before: "n1",
      after: "n2",
      cause: "pictl move",
      durationMs: expect.any(Number) as number,
    };
    expect(JSON.parse(readFileSync(beside("event"), "utf8"))).toMatchObject(event);
    expect(posts).toMatchObject([event]);
    const seen = JSON.parse(readFileSync(beside("seen.json"), "utf8")) as { layout: Record<string, unknown>[] };
    expect(seen.layout.find((row) => row["web"] !== undefined)?.["node"]).toBe("n2");
    const run1 = { type: "hook.run", node: "n2", container: "web", after: { hook: "on_move", event: event.type } };
    expect(await results()).toMatchObject([run1, run1]);
  });

  test("a dry run and a move that fails tell nobody", async () => {
    const before = posts.length;
    expect((await run(Move, "web", "n1", "--dry-run")).code).toBe(0);
    await lab.inside("n1", "docker run -d --name squatter -p 8080:80 web");
    try {
      expect((await run(Move, "web", "n1")).code).toBe(1);
    } finally {
      await lab.inside("n1", "docker rm -f squatter");
    }
    expect([posts.length, await results()]).toEqual([before, []]);
  });

  test("hooks that fail, with their last words, are warned of; the move is done all the same", async () => {
    status = 503;
    hooks("echo no such zone >&2; exit 3", url());
    const moved = await run(Move, "web", "n1");
    expect(moved.code).toBe(0);
    expect(moved.stderr).toContain("The hook `on_move` failed: exit code 3: no such zone.");
    expect(moved.stderr).toContain("The hook `on_move` failed: HTTP 503.");
    const errors = (await results()).map(({ type, error }) => `${type} ${error ?? ""}`);
    expect(errors.sort()).toEqual(["hook.failed HTTP 503", "hook.failed exit code 3: no such zone"]);
    expect(await lab.inside("n1", "docker ps --format '{{.Names}}'")).toBe("web\n");
  });

  test("hooks that hang are ended after 10 s, with all that they started", async () => {
    status = undefined;
    hooks(`sleep 120 & echo $! >${beside("pid")}; wait`, url());
    const moved = await run(Move, "web", "n2");
    expect(moved.code).toBe(0);
    const hung = (await results()).map(({ type, error, durationMs = 0 }) => ({ type, error, durationMs }));
    expect(hung).toMatchObject([
      { type: "hook.failed", error: "gave up after 10000 ms" },
      { type: "hook.failed", error: "gave up after 10000 ms" },
    ]);
    // The one that sleeps would have gone on for two minutes.
    for (const { durationMs } of hung) {
      expect(durationMs).toBeGreaterThanOrEqual(9_990);
      expect(durationMs).toBeLessThan(60_000);
    }
    const pid = readFileSync(beside("pid"), "utf8").trim();
    await vi.waitUntil(() => hasEnded(pid), { timeout: 20_000, interval: 50 });
  });
});

/** Gone, or dead and not yet missed by whoever has to. */
function hasEnded(pid: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.startsWith("Z") ?? false;
  } catch {
    return true;
  }
}

/** What no client of ours says. PICTL_HOSTILE=100000 says as much of it; the usual share takes seconds. */
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { connect, type Socket } from "node:net";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, onTestFinished, test } from "vitest";
import type * as z from "zod/mini";
import { routesOf } from "../../src/http/api/operations.ts";
import { noteOf } from "../../src/operations/fields.ts";
import { operations } from "../../src/operations/index.ts";
import { Random } from "../sim/random.ts";
import { type ApiServer, startApi } from "./api/api.ts";
import { ask, configFile } from "./server.ts";

const share = Number(process.env["PICTL_HOSTILE"] ?? 2000);

/** Two nodes that refuse every connection at once. */
const refusing = {
  layout: [
    { node: "n1", web: "-p 80:80" },
    { node: "n2", db: "-p 81:81" },
  ],
  nodes: { n1: { address: "127.0.0.1", port: 1 }, n2: { address: "127.0.0.1", port: 1 } },
};

const canary = "canary-of-this-test";
const secrets = {
  token: `${canary}-token`,
  web_username: "anna",
  web_password: `${canary}-password`,
  http: { legacy_routes: true, terminal: true },
};

/** One connection that says many requests after each other; resolves to the status lines, one a request that was answered. */
class Wire {
  readonly statuses: number[] = [];
  #socket: Socket | undefined;
  #said = "";
  readonly #port: number;

  constructor(port: number) {
    this.#port = port;
  }

  /** Resolves when there is an answer, or the server has hung up. */
  async say(request: Buffer): Promise<string> {
    const socket = (this.#socket ??= this.#open());
    this.#said = "";
    await new Promise<void>((resolve) => {
      const over = (): void => {
        socket.off("data", heard).off("close", over);
        resolve();
      };
      const heard = (chunk: Buffer): void => {
        this.#said += chunk.toString("latin1");
        if (isWhole(this.#said, request.subarray(0, 5).toString() === "HEAD ")) over();
      };
      socket.on("data", heard).on("close", over);
      socket.write(request);
    });
    for (const [, status] of this.#said.matchAll(/^HTTP\/1\.1 (\d{3}) /gm)) this.statuses.push(Number(status));
    if (socket.destroyed || /^connection: close/im.test(this.#said)) this.end();
    return this.#said;
  }

  end(): void {
    this.#socket?.destroy();
    this.#socket = undefined;
  }

  #open(): Socket {
    const socket = connect(this.#port, "127.0.0.1");
    socket.on("error", () => undefined);
    return socket;
  }
}

function isWhole(said: string, headOnly: boolean): boolean {
  const end = said.indexOf("\r\n\r\n");
  if (end === -1 || headOnly) return end !== -1;
  const length = /^content-length: (\d+)/im.exec(said.slice(0, end))?.[1];
  return length === undefined
    ? said.endsWith("0\r\n\r\n") || !/chunked/i.test(said)
    : said.length >= end + 4 + Number(length);
}

const words = [
  "..", "%2e%2e", "%00", "%", "%zz", "%c0%af", "\\", "//", "api", "v1", "containers", "nodes", "config", "healthz", "web",
  "__proto__", "constructor", "a".repeat(300), "%F0%9F%98%80", "\u00ff", "~", ":", "@", ";x=1", "index.html", "assets",
  "session", "jobs", "*", "{container}", "..%2f..%2fetc%2fpasswd", "$(id)", "'", "<script>", "terminal", "stream", "metrics",
]; // oxfmt-ignore
const methods = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE", "PROPFIND", "BREW"];
const bodies = [
  "", "{", "[]", "null", "0", '"', "{}", '{"all":true,"dryRun":true}', '{"__proto__":{"all":true}}', "\xff\xfe", "[".repeat(50_000),
  `{"container":${JSON.stringify(Array.from({ length: 500 }, () => "web"))}}`, '{"text":"' + "x".repeat(100_000) + '"}', "\0".repeat(100),
  '{"steps":[{"id":1}],"confirm":true}', '{"username":"anna","password":"no"}', '{"code":"' + "x".repeat(200) + '"}', "a=b&c=d",
]; // oxfmt-ignore
const types = [
  "application/json",
  "text/plain",
  "application/x-www-form-urlencoded",
  "multipart/form-data",
  "application/json; charset=utf-16",
  "",
];

function hostileRequest(random: Random, server: ApiServer): Buffer {
  const method = random.pick(methods);
  const path = `/${random.chance(0.7) ? "api/v1/" : ""}${Array.from({ length: random.whole(0, 4) }, () => random.pick(words)).join("/")}`;
  const query = random.chance(0.5)
    ? `?${Array.from({ length: random.whole(1, 3) }, () => `${random.pick(words)}=${random.pick(words)}`).join("&")}`
    : "";
  const body = Buffer.from(random.pick(bodies), "latin1");
  const says = random.whole(0, 9);
  const headers = [
    `Host: ${random.chance(0.9) ? `localhost:${String(server.port)}` : random.pick(["evil.example", "", "a b", "[::1"])}`,
    ...(random.chance(0.6) ? [`Authorization: ${server.token("viewer")["authorization"] ?? ""}`] : []),
    ...(random.chance(0.1) ? ["Cookie: a=b; pictl=x;;=;"] : []),
    ...(random.chance(0.1) ? [`Origin: ${random.pick(["null", "http://evil.example", "x".repeat(500)])}`] : []),
    ...(random.chance(0.1) ? ['If-Match: """', "Prefer: respond-async", "Accept: text/event-stream"] : []),
    ...(random.chance(0.05) ? ["Upgrade: websocket", "Connection: Upgrade"] : []),
    ...(random.chance(0.5) ? [`Content-Type: ${random.pick(types)}`] : []),
    // Of a length that is a lie the rest is the next request.
    `Content-Length: ${says === 0 ? "-1" : says === 1 ? "abc" : String(body.length)}`,
  ];
  return Buffer.concat([
    Buffer.from(`${method} ${path}${query} HTTP/1.1\r\n${headers.join("\r\n")}\r\n\r\n`, "latin1"),
    body,
  ]);
}

describe("the server", () => {
  test(
    `answers ${String(share)} hostile paths and bodies with a refusal, tells no secret, and lives`,
    { timeout: 600_000 },
    async () => {
      const server = await startApi(configFile({ ...refusing, ...secrets }));
      const random = new Random(Number(process.env["PICTL_SEED"] ?? 1));
      const wires = Array.from({ length: 8 }, () => new Wire(server.port));
      onTestFinished(() => {
        for (const wire of wires) wire.end();
      });
      const each = Math.ceil(share / wires.length);
      let told = "";
      await Promise.all(
        wires.map(async (wire) => {
          for (let count = 0; count < each; count++) {
            const request = hostileRequest(random, server);
            const answer = await wire.say(request);
            if (/^HTTP\/1\.1 50[0134]/m.test(answer))
              told += `${request.toString("latin1").slice(0, 300)}\n${answer.slice(0, 600)}\n`;
            if (answer.includes(canary)) told += `tells a secret: ${answer.slice(0, 600)}\n`;
          }
        }),
      );
      expect(told).toBe("");
      expect(server.warnings).toEqual([]);
      const statuses = new Set(wires.flatMap(({ statuses }) => statuses));
      expect([...statuses]).toEqual(expect.arrayContaining([200, 400, 401, 403, 404, 421]));
      expect((await ask(server, "/healthz")).status).toBe(200);
      expect(readFileSync(join(dirname(server.config), "state", "events-default.jsonl"), "utf8")).not.toContain(canary);
    },
  );

  /** What a field may be told, right or nearly so. */
  function valueFor(schema: z.core.$ZodType, random: Random): unknown {
    const strange = [null, -1, 1e300, "", "\0", [], {}, "x".repeat(5000), ["web", 1], true];
    if (random.chance(0.2)) return random.pick(strange);
    const note = noteOf(schema);
    switch (note.kind) {
      case "flag":
        return random.chance(0.5);
      case "number":
        return random.whole(0, 3);
      case "list":
        return random.pick([["web"], ["n1"], ["web@n1", "db"], ["*"], ["nothing"], []]);
      case "confirm":
        return true;
      case "secret":
      case "text":
        return random.pick(["web", "n1", "n2", "10m", "true", "2026-01-31", "web@n1", "heartbeat_interval", canary]);
      case "value":
        return random.pick([5000, "x", [], { a: 1 }, null]);
    }
  }

  // These would ask others than our nodes.
  const ours = operations.filter(({ id }) => !/^(registry|notify)\.|^node\.(add|host-keys|trust)$/.test(id));

  test(
    "answers whatever its description allows, and what is next to it, without a fault of its own",
    { timeout: 120_000 },
    async () => {
      const server = await startApi(configFile({ ...refusing, ...secrets, docker: "docker" }));
      const text = readFileSync(server.config, "utf8");
      const random = new Random(2);
      const wrong: string[] = [];
      for (let count = 0; count < Math.max(300, share / 10); count++) {
        const operation = random.pick(ours);
        const { method, path } = random.pick(routesOf(operation));
        const fields = Object.entries(operation.input.shape).filter(
          ([name]) => random.chance(0.4) && !["follow", "watch", "repair"].includes(name),
        );
        const input = Object.fromEntries(fields.map(([name, schema]) => [name, valueFor(schema, random)]));
        const named = (name: string): string => {
          const value = input[name];
          return typeof value === "string" ? value : random.pick(["web", "n1", "%", "Uptime"]);
        };
        const inPath = path.replaceAll(/:(\w+)/g, (_, name: string) => encodeURIComponent(named(name)));
        const rest = Object.fromEntries(Object.entries(input).filter(([name]) => !path.includes(`:${name}`)));
        const query = new URLSearchParams(
          Object.entries(rest).flatMap(([name, value]) =>
            [value]
              .flat()
              .map((each): [string, string] => [name, typeof each === "string" ? each : JSON.stringify(each)]),
          ),
        ).toString();
        const headers = server.token("admin");
        const answer = await (method === "GET"
          ? ask(server, `/api/v1${inPath}?${query}`, { headers })
          : ask(server, `/api/v1${inPath}`, {
              method,
              headers: { ...headers, "content-type": "application/json" },
              body: JSON.stringify(rest),
            }));
        const document = JSON.parse(answer.text) as { ok?: unknown; exitCode?: unknown; failures?: { code: string }[] };
        const fault =
          (answer.status >= 500 && answer.status !== 502) ||
          typeof document.ok !== "boolean" ||
          document.failures?.some(({ code }) => code === "internal") === true ||
          answer.text.includes(`${canary}-`);
        if (fault)
          wrong.push(
            `${method} ${inPath} ${JSON.stringify(rest)}: ${String(answer.status)} ${answer.text.slice(0, 300)}`,
          );
        // A config that it has changed is another server.
        if (operation.changes) writeFileSync(server.config, text);
      }
      expect(wrong).toEqual([]);
    },
  );

  test("keeps nothing of requests that are over", { timeout: 300_000 }, async () => {
    const server = await startApi(configFile({ ...refusing, ...secrets }));
    const paths = [
      "/healthz",
      "/api/v1/commands",
      "/api/v1/config",
      "/api/v1/jobs",
      "/api/v1/nothing",
      "/api/v1/events?tail=3",
    ];
    const random = new Random(3);
    const wires = Array.from({ length: 4 }, () => new Wire(server.port));
    onTestFinished(() => {
      for (const wire of wires) wire.end();
    });
    const many = async (requests: number): Promise<number> => {
      await Promise.all(
        wires.map(async (wire) => {
          for (let count = 0; count < requests / wires.length; count++) {
            const authorization = server.token("admin")["authorization"] ?? "";
            await wire.say(
              Buffer.from(
                `GET ${random.pick(paths)} HTTP/1.1\r\nHost: localhost\r\nAuthorization: ${authorization}\r\n\r\n`,
              ),
            );
          }
        }),
      );
      collectGarbage();
      return process.memoryUsage().heapUsed;
    };
    const first = await many(share / 4);
    const last = await many(share);
    // What the compiler keeps of what runs often comes once; a leak comes with each.
    expect((last - first) / 2 ** 20).toBeLessThan(3);
  });
});

function collectGarbage(): void {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  for (let turn = 0; turn < 3; turn++) collect();
}

import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { legacyRoutes } from "../../src/http/legacy/routes.ts";
import { operationOf } from "../../src/operations/index.ts";
import { startSshd, whyNoSshd, type Sshd } from "../support/sshd.ts";
import { type ApiServer, startApi } from "./api/api.ts";
import { ask, configFile } from "./server.ts";

const client = new URL("../support/original-client.sh", import.meta.url).pathname;

function tokenOf(server: ApiServer, role: "viewer" | "operator" | "admin"): string {
  return (server.token(role)["authorization"] ?? "").slice("Bearer ".length);
}

function portOf(server: ApiServer): { readonly port: number } {
  return { port: Number(new URL(server.legacyUrl ?? "").port) };
}

/** The original's client, which waits for nothing here: an answer comes when the operation is over. */
async function original(server: ApiServer, ...words: readonly string[]): Promise<string> {
  const env = {
    ...process.env,
    no_proxy: "*",
    SERVER: `127.0.0.1:${String(portOf(server).port)}`,
    TOKEN: tokenOf(server, "admin"),
    PAUSE: "0",
  };
  return (await promisify(execFile)("bash", [client, ...words], { env })).stdout;
}

const withRoutes = { http: { legacy_routes: true } };

test("nobody answers where the config does not say so", async () => {
  expect((await startApi()).legacyUrl).toBeUndefined();
});

test("every route takes its token only, with the role of its operation, and is plain text", async () => {
  const server = await startApi(configFile(withRoutes));
  for (const { route, operation: id } of legacyRoutes) {
    const [method = "", path = ""] = route.split(" ");
    const role = operationOf(id)?.role ?? "admin";
    const say = (token: string) =>
      method === "GET"
        ? ask(portOf(server), `${path}?token=${token}&container=nothing%2C&image=,`)
        : ask(portOf(server), path, { method, body: JSON.stringify({ token, command: "true", node: "," }) });
    const wrong = await say("pictl_wrong");
    expect([route, wrong.status, wrong.text]).toEqual([route, 401, "✗ Error: Invalid Credentials\n"]);
    expect(wrong.headers["content-type"]).toBe("text/plain; charset=utf-8");
    if (role !== "viewer") expect([route, (await say(tokenOf(server, "viewer"))).status]).toEqual([route, 403]);
  }
  const { token } = { token: tokenOf(server, "operator") };
  expect((await ask(portOf(server), `/log?token=${token}`, { headers: { host: "evil.example" } })).status).toBe(421);
  expect((await ask(portOf(server), `/nothing?token=${token}`)).status).toBe(404);
  expect((await ask(portOf(server), `/clearlog?token=${tokenOf(server, "viewer")}`)).status).toBe(403);
  expect((await ask(portOf(server), "/")).text).toBe("pictl 1.2.3\n");
});

test("a name is a whole one, and one that is none is told", async () => {
  const server = await startApi(configFile(withRoutes));
  const token = tokenOf(server, "admin");
  for (const [query, said] of [
    ["start?container=we", 'No container "we" in the layout'],
    ["start?container=we*", '`container` is no name: "we*"'],
    ["changehost?container=web", "`newhost` is missing."],
  ] as const) {
    const answer = await ask(portOf(server), `/${query}&token=${token}`);
    expect([answer.status, answer.text]).toEqual([400, expect.stringContaining(said)]);
  }
  const events = readFileSync(join(dirname(server.config), "state", "events-default.jsonl"), "utf8");
  expect(events).not.toContain(token);
});

describe.skipIf(whyNoSshd)("the original's client, with a real sshd", { timeout: 30_000 }, () => {
  let sshd: Sshd;
  beforeAll(async () => {
    sshd = await startSshd();
  });
  afterAll(() => sshd.stop());

  test("runs a command everywhere, and finds in the log what came of it, the newest last, until it is cleared", async () => {
    const ssh = { address: "127.0.0.1", user: "root", identity_file: sshd.key, known_hosts_file: sshd.knownHosts };
    const server = await startApi(configFile({ ...withRoutes, nodes: { n1: { ...ssh, port: sshd.port } } }));
    expect(await original(server, "exec", "echo one-$((1+1))")).toMatch(
      /^── [\d-]+ [\d:]+ exec \(admin\)\n── n1: exit code 0\none-2\n$/,
    );
    expect(await original(server, "nodes")).toMatch(/one-2\n── .* nodes \(admin\)\nNODE .*\nn1 /s);
    expect(await original(server, "exec", "exit 3")).toMatch(/n1: exit code 3\n/);
    expect(await original(server, "clearlog")).toBe("");
    expect(await original(server, "reloadconfig")).toBe("");
    expect(await original(server, "unknown")).toBe("");
    const { events } = (
      JSON.parse((await ask(server, "/api/v1/events?type=job", { headers: server.token("viewer") })).text) as {
        result: { events: object[] };
      }
    ).result;
    expect(events).toHaveLength(2);
    expect(events[0]).toMatchObject({ type: "job.done", who: "admin", face: "api", address: "127.0.0.1" });
  });
});

import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { operations } from "../../../src/operations/index.ts";
import { ask, codeOf, configFile } from "../server.ts";
import { type ApiServer, startApi } from "./api.ts";

interface Document {
  readonly ok: boolean;
  readonly exitCode: number;
  readonly result: Readonly<Record<string, unknown>> | null;
  readonly failures: readonly { readonly code: string; readonly message: string }[];
}

function documentOf(answer: { readonly text: string }): Document {
  return JSON.parse(answer.text) as Document;
}

/** Waits for a job to end, by looking. */
async function over(server: ApiServer, place: string): Promise<Readonly<Record<string, unknown>>> {
  for (;;) {
    const { result } = documentOf(await ask(server, place, { headers: server.token("viewer") }));
    const [job] = (result?.["jobs"] ?? []) as readonly Readonly<Record<string, unknown>>[];
    if (job && job["state"] !== "running") return job;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

function events(server: ApiServer): readonly Record<string, unknown>[] {
  const text = readFileSync(join(dirname(server.config), "state", "events-default.jsonl"), "utf8");
  return text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

const json = { "content-type": "application/json" };

describe("what a request says", () => {
  test("in its path, its query and its body is one input, and nothing may be said twice", async () => {
    const server = await startApi();
    const headers = { ...server.token("admin"), ...json };
    const cordon = (path: string, body: object) =>
      ask(server, `/api/v1${path}`, { method: "POST", headers, body: JSON.stringify(body) });
    const dry = await cordon("/nodes/n1/cordon", { dryRun: true });
    expect([dry.status, documentOf(dry).result]).toMatchObject([200, { nodes: [{ node: "n1", changed: false }] }]);
    const twice = await cordon("/nodes/n1/cordon?dryRun=true", { dryRun: true });
    expect([twice.status, documentOf(twice).failures[0]?.message]).toEqual([400, "`dryRun` is said twice."]);
    expect((await cordon("/nodes/n1/cordon", { node: ["n1"] })).status).toBe(400);
  });

  test("is strict: no other fields, types, media types or sizes", async () => {
    const server = await startApi();
    const headers = { ...server.token("admin"), ...json };
    const stop = (body: string, more: object = {}) =>
      ask(server, "/api/v1/containers/actions/stop", { method: "POST", headers: { ...headers, ...more }, body });
    expect(codeOf(await stop('{"all": "yes"}'))).toBe("usage");
    expect(codeOf(await stop('{"__proto__": {"all": true}}'))).toBe("usage");
    expect(codeOf(await stop("[]"))).toBe("request-invalid");
    expect(codeOf(await stop("{"))).toBe("request-invalid");
    expect((await stop("{}", { "content-type": "text/plain" })).status).toBe(415);
    expect((await stop(JSON.stringify({ container: ["x".repeat(2 * 1024 * 1024)] }))).status).toBe(413);
    expect(documentOf(await stop("{}")).failures[0]?.message).toBe("Nothing says which containers are meant.");
  });

  test("a secret does not come by an address, and there is a POST for it", async () => {
    const server = await startApi();
    const headers = server.token("viewer");
    const get = await ask(server, "/api/v1/registries/search?term=x&username=u&password=canary", { headers });
    expect([get.status, get.text.includes("canary")]).toEqual([400, false]);
    const body = JSON.stringify({ term: "x", registry: ["127.0.0.1:1"], username: "u", password: "canary" });
    const options = { method: "POST", headers: { ...headers, ...json }, body };
    const post = await ask(server, "/api/v1/registries/search", options);
    expect([post.status, codeOf(post), post.text.includes("canary")]).toEqual([422, "registry-unreachable", false]);
  });
});

describe("the status", () => {
  test("is by the exit code of the command", async () => {
    const server = await startApi();
    const headers = server.token("admin");
    expect((await ask(server, "/api/v1/commands", { headers })).status).toBe(200);
    expect((await ask(server, "/api/v1/containers?container=nobody", { headers })).status).toBe(400);
    const nodes = await ask(server, "/api/v1/nodes", { headers });
    expect([nodes.status, documentOf(nodes).exitCode]).toEqual([502, 3]);
    const asked = await ask(server, "/api/v1/containers/web", { method: "DELETE", headers });
    expect([asked.status, codeOf(asked)]).toEqual([409, "confirmation-missing"]);
  });

  test("of an address that is none is 404, and a look at a broken config says where it is broken", async () => {
    const server = await startApi();
    const headers = server.token("admin");
    expect((await ask(server, "/api/v1/nowhere", { headers })).status).toBe(404);
    writeFileSync(server.config, "{");
    expect(codeOf(await ask(server, "/api/v1/commands", { headers }))).toBe("config-invalid");
    const check = await ask(server, "/api/v1/config/check", { headers });
    expect(documentOf(check).result).toMatchObject({ problems: [{ line: 1, severity: "error" }] });
  });
});

describe("a question", () => {
  test("is agreed to by itself, and the answer to another one is none", async () => {
    const server = await startApi();
    const headers = { ...server.token("admin"), ...json };
    const remove = (confirm?: unknown) =>
      ask(server, "/api/v1/containers/web", {
        method: "DELETE",
        headers,
        body: JSON.stringify({ keepRunning: true, ...(confirm === undefined ? {} : { confirm }) }),
      });
    const question = documentOf(await remove()).failures[0]?.message ?? "";
    expect(question).toMatch(/^Remove web@n1 from .*config\.json\?$/);
    expect(codeOf(await remove(["Remove db@n1?"]))).toBe("confirmation-missing");
    const done = await remove([question]);
    expect([done.status, documentOf(done).result]).toMatchObject([
      200,
      { containers: [{ container: "web", changed: true }] },
    ]);
  });
});

describe("a change", () => {
  const cordon = (server: ApiServer, headers: Readonly<Record<string, string>>) =>
    ask(server, "/api/v1/nodes/n1/cordon", { method: "POST", headers: { ...server.token("operator"), ...headers } });

  test("is waited for, and is an event with who, face, address and job", async () => {
    const server = await startApi();
    const answer = await cordon(server, {});
    expect([answer.status, documentOf(answer).result]).toMatchObject([200, { nodes: [{ node: "n1", changed: true }] }]);
    const id = answer.headers["pictl-job"];
    expect(events(server).slice(-2)).toMatchObject([
      { type: "node.cordoned", node: "n1", who: "operator", face: "api", address: "127.0.0.1", job: id },
      { type: "job.done", after: { operation: "node.cordon", input: { node: ["n1"] } }, job: id },
    ]);
  });

  test("of somebody in the console is of the web", async () => {
    const server = await startApi(undefined, { users: ["operator"] });
    const headers = await server.session("operator");
    expect((await ask(server, "/api/v1/nodes/n1/cordon", { method: "POST", headers })).status).toBe(200);
    expect(events(server).at(-2)).toMatchObject({ type: "node.cordoned", face: "web", who: "operator" });
  });

  test("answers at once when it is asked to, with its place", async () => {
    const server = await startApi();
    const answer = await cordon(server, { prefer: "respond-async" });
    expect([answer.status, answer.headers["preference-applied"]]).toEqual([202, "respond-async"]);
    const place = new URL(answer.headers.location ?? "", "http://host/api/v1/nodes/n1/cordon").pathname;
    expect(place).toMatch(/^\/api\/v1\/jobs\/[\w-]+$/);
    expect(await over(server, place)).toMatchObject({
      state: "done",
      command: "pictl node cordon n1",
      report: { ok: true, result: { nodes: [{ node: "n1" }] } },
    });
    const list = documentOf(await ask(server, "/api/v1/jobs", { headers: server.token("viewer") }));
    expect(list.result).toMatchObject({ jobs: [{ operation: "node.cordon" }] });
  });

  test("tells what happens, as lines and as server-sent events, its document last", async () => {
    const server = await startApi();
    const lines = await cordon(server, { accept: "application/x-ndjson" });
    expect(lines.headers["content-type"]).toMatch(/^application\/x-ndjson/);
    expect(lines.headers["content-security-policy"]).toContain("default-src 'none'");
    const objects = lines.text
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as object);
    expect(objects[0]).toMatchObject({ job: { operation: "node.cordon", state: "running" } });
    expect(objects.at(-1)).toMatchObject({ report: { ok: true, result: { nodes: [{ node: "n1" }] } } });
    const sent = await cordon(server, { accept: "text/event-stream" });
    expect(sent.text).toMatch(/^event: job\ndata: \{.*\}\n\n/);
    expect(sent.text).toMatch(/event: report\ndata: \{.*\}\n\n$/);
  });

  test("that is not as declared begins no job, and nobody without the role cancels one", async () => {
    const server = await startApi();
    const headers = { ...server.token("operator"), ...json };
    const wrong = await ask(server, "/api/v1/prune", { method: "POST", headers, body: '{"nod": []}' });
    expect(wrong.status).toBe(400);
    const jobs = await ask(server, "/api/v1/jobs", { headers });
    expect(documentOf(jobs).result).toEqual({ jobs: [] });
    const cancel = { method: "DELETE", headers: server.token("viewer") };
    expect((await ask(server, "/api/v1/jobs/x", cancel)).status).toBe(403);
    expect((await ask(server, "/api/v1/jobs/x", { ...cancel, headers })).status).toBe(404);
  });
});

describe("the config", () => {
  test("has a version, and a change to an older one is refused", async () => {
    const server = await startApi();
    const headers = { ...server.token("admin"), ...json };
    const { etag = "" } = (await ask(server, "/api/v1/config", { headers })).headers;
    const set = (value: number, match: string) => {
      const body = JSON.stringify({ path: "heartbeat_interval", value });
      return ask(server, "/api/v1/config", { method: "PATCH", headers: { ...headers, "if-match": match }, body });
    };
    expect((await set(5000, etag)).status).toBe(200);
    const late = await set(9000, etag);
    expect([late.status, codeOf(late)]).toEqual([412, "config-changed"]);
    expect(readFileSync(server.config, "utf8")).toContain("5000");
  });

  test("has no secret that any look, page or stream tells", async () => {
    const canary = "canary-of-a-secret";
    const secret = { token: `${canary}-1`, web_username: "anna", web_password: `${canary}-2` };
    const elastic = { elasticsearch: "http://127.0.0.1:1", elasticsearch_auth: { api_key: `${canary}-3` } };
    const server = await startApi(
      configFile({
        ...secret,
        ...elastic,
        kibana: `http://me:${canary}-4@127.0.0.1:1`,
        layout: [{ node: "n1", web: `-e PASS=${canary}-arguments` }],
      }),
    );
    const told: string[] = [];
    for (const { route, id } of operations.filter(({ changes }) => !changes)) {
      const [method = "", path = ""] = route.split(" ");
      if (/^(registry|node\.host-keys)/.test(id)) continue;
      const where = `/api/v1${path.replaceAll(":container", "web").replaceAll(/:\w+/g, "n1")}`;
      const answer = await ask(server, where, { method, headers: server.token("viewer") });
      // What stands in docker's arguments is shown to who may read the config.
      if (answer.text.replaceAll(`${canary}-arguments`, "").includes(canary)) told.push(`${id}: ${answer.text}`);
    }
    for (const path of ["/metrics", "/api/v1/openapi.json", "/api/v1/jobs", "/api/v1/session", "/"]) {
      const answer = await ask(server, path, { headers: server.token("admin") });
      if (answer.text.includes(canary)) told.push(path);
    }
    const failed = await ask(server, "/api/v1/containers/web", {
      method: "PATCH",
      headers: { ...server.token("admin"), ...json },
      body: JSON.stringify({ args: "-p nonsense" }),
    });
    if (failed.text.includes(canary)) told.push(failed.text);
    expect(told).toEqual([]);
    expect(JSON.stringify(server.warnings)).not.toContain(canary);
  });

  test("shows nobody a secret, and takes a text that has none", async () => {
    const server = await startApi(configFile({ token: "canary-token-of-this-test" }));
    const headers = { ...server.token("admin"), ...json };
    const shown = await ask(server, "/api/v1/config/text", { headers });
    expect(shown.text).not.toContain("canary");
    const text = String(documentOf(shown).result?.["text"]).replace("-p 80:80", "-p 81:80");
    const put = await ask(server, "/api/v1/config", { method: "PUT", headers, body: JSON.stringify({ text }) });
    expect([put.status, put.text.includes("canary")]).toEqual([200, false]);
    expect(readFileSync(server.config, "utf8")).toMatch(/-p 81:80[^]*canary-token-of-this-test/);
    expect(JSON.stringify(events(server))).not.toContain("canary");
  });
});

describe("a look", () => {
  test("at what goes on is a line each, and ends with its client", async () => {
    const server = await startApi();
    const answer = await fetch(`${server.url}api/v1/events?follow=true&type=node`, {
      headers: server.token("viewer"),
      signal: AbortSignal.timeout(20_000),
    });
    expect(answer.headers.get("content-type")).toMatch(/^application\/x-ndjson/);
    const reader = answer.body?.getReader();
    await ask(server, "/api/v1/nodes/n1/cordon", { method: "POST", headers: server.token("operator") });
    const first = await reader?.read();
    expect(JSON.parse(new TextDecoder().decode(first?.value as Uint8Array))).toMatchObject({ type: "node.cordoned" });
    await reader?.cancel();
    await server.stop();
  });

  test("with many rows is one document", async () => {
    const server = await startApi();
    const lines = Array.from({ length: 5000 }, (_, index) =>
      JSON.stringify({
        time: "2026-01-31T10:00:00.000Z",
        type: "node.cordoned",
        node: `n${String(index)}`,
        who: "me",
        cause: "x".repeat(100),
      }),
    );
    writeFileSync(join(dirname(server.config), "state", "events-default.jsonl"), `${lines.join("\n")}\n`);
    const few = await ask(server, "/api/v1/events?tail=3", { headers: server.token("viewer") });
    expect(documentOf(few)).toMatchObject({ ok: true, exitCode: 0, failures: [] });
    expect(documentOf(few).result?.["events"]).toHaveLength(3);
    const all = await ask(server, "/api/v1/events?type=node.cordoned", { headers: server.token("viewer") });
    expect(documentOf(all)).toMatchObject({ ok: true, exitCode: 0, failures: [] });
    expect(documentOf(all).result?.["events"]).toHaveLength(5000);
    const none = await ask(server, "/api/v1/events?type=nothing", { headers: server.token("viewer") });
    expect(documentOf(none).result).toEqual({ events: [] });
  });
});

test("the API is described by OpenAPI 3.1, every operation of it", async () => {
  const server = await startApi();
  const answer = await ask(server, "/api/v1/openapi.json", { headers: server.token("viewer") });
  const document = JSON.parse(answer.text) as { openapi: string; paths: Record<string, Record<string, unknown>> };
  expect(document.openapi).toBe("3.1.0");
  expect(document.paths["/containers/{container}/move"]?.["post"]).toMatchObject({ operationId: "container.move" });
  expect((await ask(server, "/api/v1/openapi.json")).status).toBe(401);
});

import { readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { pictl } from "../support/cli.ts";
import { ask, codeOf, configFile, login, sessionCookie, startServer, type TestServer } from "./server.ts";

const withUser = { web_username: "anna", web_password: "correct horse" };

function stateFile(server: Pick<TestServer, "config">, name: string): string {
  return join(dirname(server.config), "state", name);
}

function events(server: TestServer): readonly Record<string, unknown>[] {
  const text = readFileSync(stateFile(server, "events-default.jsonl"), "utf8");
  return text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

describe("logging in", () => {
  test("gives a cookie that scripts and other sites do not get, and that is kept as a digest, for its owner alone", async () => {
    const server = await startServer(configFile(withUser));
    const answer = await login(server, { username: "anna", password: "correct horse" });
    expect(answer.status).toBe(200);
    const [cookie = ""] = answer.headers["set-cookie"] ?? [];
    expect(cookie).toMatch(
      new RegExp(`^pictl-${server.port}=[\\w-]{43}; Path=/; Max-Age=604800; HttpOnly; SameSite=Strict$`),
    );
    const path = stateFile(server, "http-sessions-default.json");
    expect(statSync(path).mode & 0o777).toBe(0o600);
    const secret = /=([^;]+)/.exec(cookie)?.[1] ?? "nothing";
    expect(readFileSync(path, "utf8")).not.toContain(secret);
    const me = await ask(server, "/api/v1/session", { headers: { cookie: `pictl-${server.port}=${secret}` } });
    expect(JSON.parse(me.text)).toMatchObject({ result: { sessions: [{ user: "anna", role: "admin" }] } });
  });

  test("with a wrong password and as an unknown user is refused in the same words, and written down", async () => {
    const server = await startServer(configFile(withUser));
    const wrong = await login(server, { username: "anna", password: "battery staple" });
    const unknown = await login(server, { username: "berta", password: "battery staple" });
    expect([wrong.status, codeOf(wrong), unknown.status]).toEqual([401, "not-logged-in", 401]);
    expect(unknown.text).toBe(wrong.text);
    expect(events(server)).toMatchObject([
      { type: "session.refused", who: "anna", face: "web", address: "127.0.0.1" },
      { type: "session.refused", who: "berta" },
    ]);
    expect(JSON.stringify(events(server))).not.toContain("battery");
  });

  test("is tried five times a minute, and then told how long to wait, also with the right password", async () => {
    const server = await startServer(configFile(withUser));
    for (let count = 0; count < 5; count++) {
      expect((await login(server, { username: "anna", password: "wrong" })).status).toBe(401);
    }
    const sixth = await login(server, { username: "anna", password: "correct horse" });
    expect([sixth.status, codeOf(sixth)]).toEqual([429, "too-many-requests"]);
    expect(Number(sixth.headers["retry-after"])).toBeGreaterThan(50);
    expect((await login(server, { username: "other", password: "wrong" })).status).toBe(401);
  });

  test.each(["", "{", '"x"', "[]", '{"username":"a"}', '{"username":"a","password":"b","role":"admin"}', "null"])(
    "with the body %j is refused",
    async (body) => {
      const server = await startServer(configFile(withUser));
      const headers = {
        origin: `http://localhost:${server.port}`,
        host: `localhost:${server.port}`,
        "content-type": "application/json",
      };
      const answer = await ask(server, "/api/v1/session", { method: "POST", headers, body });
      expect([answer.status, codeOf(answer)]).toEqual([400, "request-invalid"]);
    },
  );
});

describe("a session", () => {
  test("ends by logging out, on the server too", async () => {
    const server = await startServer(configFile(withUser));
    const cookie = await sessionCookie(server, { username: "anna", password: "correct horse" });
    const out = await ask(server, "/api/v1/session", { method: "DELETE", headers: { ...server.page, cookie } });
    expect([out.status, server.warnings]).toEqual([200, []]);
    expect(out.headers["set-cookie"]?.[0]).toContain("Max-Age=0");
    expect((await ask(server, "/api/v1/version", { headers: { cookie } })).status).toBe(401);
    expect(events(server).map(({ type }) => type)).toEqual(["session.opened", "session.closed"]);
  });

  test("outlives a restart of the server, on the same port", async () => {
    const first = await startServer(configFile(withUser));
    const cookie = await sessionCookie(first, { username: "anna", password: "correct horse" });
    await first.stop();
    const second = await startServer(first.config, { port: first.port });
    expect((await ask(second, "/api/v1/version", { headers: { cookie } })).status).toBe(200);
  });
});

describe("accounts", () => {
  test("a user is made with a password by stdin, logs in, and is out when removed", async () => {
    const server = await startServer();
    const { config } = server;
    const words = ["serve", "user", "add", "--name", "berta", "--role", "viewer", "--password-stdin"];
    expect(await pictl(words, { config, stdin: "battery staple\n" })).toMatchObject({ code: 0, stderr: "" });
    const kept = stateFile(server, "http-accounts-default.json");
    expect(statSync(kept).mode & 0o777).toBe(0o600);
    expect(readFileSync(kept, "utf8")).not.toContain("staple");
    expect(JSON.parse(readFileSync(kept, "utf8"))).toMatchObject({
      users: [{ name: "berta", role: "viewer", password: { n: 32768, r: 8, p: 1 } }],
    });
    const cookie = await sessionCookie(server, { username: "berta", password: "battery staple" });
    expect((await ask(server, "/api/v1/version", { headers: { cookie } })).status).toBe(200);
    expect(await pictl(["serve", "user", "remove", "berta"], { config })).toMatchObject({ code: 0 });
    await until(async () => {
      expect((await ask(server, "/api/v1/version", { headers: { cookie } })).status).toBe(401);
    });
  });

  test.each([
    ["short", "The password has less than 8 characters."],
    ["berta123", "The password is little more than the user's name."],
  ])("the password %j is refused", async (password, message) => {
    const words = ["serve", "user", "add", "--name", "berta", "--role", "viewer", "--password-stdin", "--json"];
    const { code, stdout } = await pictl(words, { config: configFile(), stdin: password });
    expect(code).toBe(2);
    expect(JSON.parse(stdout)).toMatchObject({ failures: [{ code: "usage", message }] });
  });

  test("a token is shown once, works until it is removed, and is nowhere in the files", async () => {
    const server = await startServer();
    const { config } = server;
    // Somebody else asks all the time, so that the accounts were read less than a second ago.
    const other = { headers: { authorization: "Bearer no" } };
    const asking = setInterval(() => void ask(server, "/api/v1/session", other).catch(() => undefined), 50);
    onTestFinished(() => {
      clearInterval(asking);
    });
    const added = await pictl(["serve", "token", "add", "--name", "ci", "--role", "operator", "--json"], { config });
    const { tokens } = (JSON.parse(added.stdout) as { result: { tokens: { token: string }[] } }).result;
    expect(tokens).toEqual([
      { name: "ci", role: "operator", expiresAt: null, token: expect.stringMatching(/^pictl_/) as string },
    ]);
    const token = tokens[0]?.token ?? "";
    const asked = (): Promise<{ status: number }> =>
      ask(server, "/api/v1/session", { headers: { authorization: `Bearer ${token}` } });
    expect(await asked()).toMatchObject({ status: 200 });
    const listed = await pictl(["serve", "token", "list", "--json"], { config });
    expect(listed.stdout + readFileSync(stateFile(server, "http-accounts-default.json"), "utf8")).not.toContain(token);
    const again = await pictl(["serve", "token", "add", "--name", "ci", "--role", "viewer"], { config });
    expect([again.code, again.stderr]).toEqual([2, expect.stringContaining('There is a token "ci" already')]);
    await pictl(["serve", "token", "remove", "ci"], { config });
    await until(async () => {
      expect(await asked()).toMatchObject({ status: 401 });
    });
    expect(readFileSync(stateFile(server, "events-default.jsonl"), "utf8")).not.toContain(token);
  });

  test("the config's token is one, with every right", async () => {
    const server = await startServer(configFile({ token: "a-token-of-the-config" }));
    const headers = { authorization: "Bearer a-token-of-the-config" };
    expect(JSON.parse((await ask(server, "/api/v1/session", { headers })).text)).toMatchObject({
      result: { sessions: [{ user: "token of the config", role: "admin", by: "token" }] },
    });
  });
});

describe("while there is no user", () => {
  test("an address is printed that logs in who opens it first, and nobody after", async () => {
    const server = await startServer();
    const code = server.loginUrl?.split("#login=")[1] ?? "";
    expect(server.loginUrl).toBe(`http://127.0.0.1:${server.port}/#login=${code}`);
    expect((await login(server, { code: "guessed" })).status).toBe(401);
    expect((await login(server, { code })).status).toBe(200);
    expect((await login(server, { code })).status).toBe(401);
  });

  test("none is printed where somebody can log in", async () => {
    expect((await startServer(configFile(withUser))).loginUrl).toBeUndefined();
  });
});

/** Accounts are read anew after a second. */
async function until<T>(check: () => Promise<T>, interval = 100): Promise<T> {
  const { vi } = await import("vitest");
  return vi.waitFor(check, { timeout: 10_000, interval });
}

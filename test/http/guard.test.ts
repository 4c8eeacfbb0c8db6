import { describe, expect, test } from "vitest";
import { ask, codeOf, configFile, sessionCookie, startServer } from "./server.ts";

const anna = { username: "anna", password: "correct horse" };
const config = (more: object = {}): string =>
  configFile({ web_username: anna.username, web_password: anna.password, ...more });

describe("beyond loopback", () => {
  test.each([
    ["without TLS", {}, "is not loopback, and without TLS passwords and tokens would cross the network"],
    [
      "with the README's token",
      { token: "1234567890ABCDEFGHJKLMNOP" },
      "`token` in the config: that is PiCluster's README",
    ],
    ["with the README's user", { web_username: "admin", web_password: "admin" }, "`web_username` and `web_password`"],
  ])("%s nothing is started", async (name, more, message) => {
    const selfSigned = name !== "without TLS";
    await expect(startServer(configFile(more), { host: "0.0.0.0", selfSigned })).rejects.toMatchObject({
      code: "config-invalid",
      message: expect.stringContaining(message) as string,
    });
  });

  test("the README's credentials are warned of on loopback, and work", async () => {
    const server = await startServer(configFile({ web_username: "admin", web_password: "admin" }));
    expect(server.warnings).toEqual([expect.stringContaining("Change it.")]);
    expect(await sessionCookie(server, { username: "admin", password: "admin" })).toContain("pictl-");
  });

  test("a proxy may speak to it where it is named, and nobody past it", async () => {
    const proxied = { http: { behind_proxy: true, trusted_proxies: ["127.0.0.1"], allowed_hosts: ["c.example"] } };
    const server = await startServer(config(proxied), { host: "0.0.0.0" });
    const headers = { host: "c.example", "x-forwarded-proto": "https", "x-forwarded-for": "192.0.2.7" };
    expect((await ask(server, "/healthz", { headers })).status).toBe(200);
    const cookie = await sessionCookie(server, anna, { ...headers, origin: "https://c.example" });
    expect(cookie).toMatch(/^__Host-pictl-/);
    const past = await startServer(config({ http: { behind_proxy: true, trusted_proxies: ["10.9.9.9"] } }), {
      host: "0.0.0.0",
    });
    // Loopback is this machine itself, as health checks come from it.
    expect((await ask(past, "/healthz")).status).toBe(200);
  });
});

describe("the Host header", () => {
  test.each([
    ["localhost:1", 200],
    ["127.0.0.1", 200],
    ["c.example:8443", 200],
    ["evil.example", 421],
    ["localhost.evil.example", 421],
    ["127.0.0.2", 421],
  ])("%s is answered with %i", async (host, status) => {
    const server = await startServer(config({ http: { allowed_hosts: ["c.example"] } }));
    const answer = await ask(server, "/healthz", { headers: { host } });
    expect(answer.status).toBe(status);
    if (status === 421) expect(codeOf(answer)).toBe("request-invalid");
  });
});

describe("what changes something and comes with a cookie", () => {
  test.each([
    ["our page", {}, 200],
    ["another site", { origin: "http://evil.example" }, 403],
    ["another port", { origin: "http://localhost:1" }, 403],
    ["no page", { origin: undefined }, 403],
    ["a page that hides", { origin: "null" }, 403],
    ["a site beside us", { "sec-fetch-site": "same-site" }, 403],
    ["a form", { "content-type": "application/x-www-form-urlencoded" }, 415],
    ["a form without a type of its own", { "content-type": "text/plain" }, 415],
  ])("from %s is answered so", async (_, changed, status) => {
    const server = await startServer(config());
    const cookie = await sessionCookie(server, anna);
    const wanted = { ...server.page, cookie, "sec-fetch-site": "same-origin", ...changed };
    const headers = Object.fromEntries(Object.entries(wanted).filter(([, value]) => value !== undefined)) as Record<
      string,
      string
    >;
    const answer = await ask(server, "/api/v1/session", { method: "DELETE", headers, body: "{}" });
    expect(answer.status).toBe(status);
    // Nothing was done.
    const still = await ask(server, "/api/v1/session", { headers: { cookie } });
    expect(still.status).toBe(status === 200 ? 401 : 200);
  });

  test("a login that another site's page sends is refused, also without a cookie", async () => {
    const server = await startServer(config());
    const headers = { ...server.page, origin: "http://evil.example", "content-type": "application/json" };
    const answer = await ask(server, "/api/v1/session", { method: "POST", headers, body: JSON.stringify(anna) });
    expect([answer.status, codeOf(answer)]).toEqual([403, "not-permitted"]);
  });
});

test("who has not logged in gets nothing of the API but that", async () => {
  const server = await startServer(config());
  for (const path of ["/api/v1/version", "/api/v1/session"]) {
    const answer = await ask(server, path);
    expect([answer.status, codeOf(answer)], path).toEqual([401, "not-logged-in"]);
  }
  for (const authorization of ["Bearer", "Bearer nothing", "Basic YW5uYTpjb3JyZWN0IGhvcnNl", "bearer  x y", ""]) {
    expect((await ask(server, "/api/v1/version", { headers: { authorization } })).status, authorization).toBe(401);
  }
});

import { createServer, type AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";
import { openRegistries } from "../../../src/adapters/registry/index.ts";
import type { RegistryAccess } from "../../../src/app/ports.ts";
import { parseRegistry, type RegistryAddress } from "../../../src/domain/registry/address.ts";
import { Secret } from "../../../src/domain/secrets/secret.ts";
import { type Exchange, fakeHttp, type FakeHttp } from "../../support/fake-http.ts";

const registries = openRegistries();
const login = { username: "tester", password: new Secret("canary-password") };
const access: RegistryAccess = { insecure: false, signal: new AbortController().signal, login };
const basic = `Basic ${Buffer.from("tester:canary-password").toString("base64")}`;

const servers: FakeHttp[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});
const serve = async (answer: (exchange: Exchange) => void): Promise<FakeHttp> => {
  const server = await fakeHttp(answer);
  servers.push(server);
  return server;
};
/** Plain HTTP without trying HTTPS first, so that the requests seen are those that matter. */
const address = (server: FakeHttp): RegistryAddress => ({ ...parseRegistry(server.url), loopback: true });
const search = (server: FakeHttp) => registries.search(address(server), { term: "a", limit: 1000 }, access);
const tags = (server: FakeHttp) => registries.tags(address(server), "team/web", access);

test("a list that goes on for ever is cut off", async () => {
  let page = 0;
  const server = await serve(({ json }) => {
    page += 1;
    json({ repositories: [`a${page}`] }, 200, { link: `</v2/_catalog?n=1&last=${page}>; rel="next"` });
  });
  expect(await search(server)).toMatchObject({ complete: false, rows: { length: 300 } });
});

test("a list that turns in a circle ends", async () => {
  const server = await serve(({ json }) => {
    json({ repositories: ["a"] }, 200, { link: '</v2/_catalog?n=1>; rel="next"' });
  });
  expect(await search(server)).toMatchObject({ complete: true, rows: [{ image: `${server.host}/a` }] });
  expect(server.requests.length).toBeLessThan(4);
});

test("a list does not go on at another server", async () => {
  const other = await serve(({ json }) => {
    json({ repositories: ["a"] });
  });
  const server = await serve(({ json }) => {
    json({ repositories: ["a"] }, 200, { link: `<${other.url}/v2/_catalog>; rel="next"` });
  });
  await expect(search(server)).rejects.toMatchObject({ code: "registry-failed" });
  expect(other.requests).toEqual([]);
});

test("a redirect is followed, and the password stays behind", async () => {
  const other = await serve(({ json }) => {
    json({ tags: ["1"] });
  });
  const server = await serve(({ url, headers, json }) => {
    if (headers.authorization === undefined) json({}, 401, { "www-authenticate": "Basic realm=x" });
    else json({}, 307, { location: `${other.url}${url.pathname}` });
  });
  expect((await tags(server)).rows).toHaveLength(1);
  expect(server.requests.at(-1)?.authorization).toBe(basic);
  expect(other.requests).toEqual([{ line: "GET /v2/team/web/tags/list", authorization: undefined }]);
});

test("redirects in a circle end", async () => {
  const server = await serve(({ url, json }) => {
    json({}, 302, { location: url.href });
  });
  await expect(tags(server)).rejects.toMatchObject({
    code: "registry-failed",
    message: expect.stringContaining("circles") as string,
  });
  expect(server.requests).toHaveLength(6);
});

test.each(["ftp://127.0.0.1/", "http://user:pw@127.0.0.1/", "http://registry.invalid/", "//["])(
  "a redirect to %s is not followed",
  async (location) => {
    const server = await serve(({ json }) => {
      json({}, 302, { location });
    });
    await expect(tags(server)).rejects.toMatchObject({
      code: "registry-failed",
      message: expect.stringContaining("not followed") as string,
    });
  },
);

test.each(["http://registry.invalid/token", "gopher://127.0.0.1/", "/token", "http://u:p@127.0.0.1/"])(
  "no password goes to the realm %s",
  async (realm) => {
    const server = await serve(({ json }) => {
      json({}, 401, { "www-authenticate": `Bearer realm="${realm}",service="x"` });
    });
    await expect(tags(server)).rejects.toMatchObject({
      code: "registry-failed",
      message: expect.stringContaining("no password") as string,
    });
    expect(server.requests.map((request) => request.authorization)).toEqual([undefined]);
  },
);

test("a registry that is never content is asked a few times only", async () => {
  const server = await serve(({ url, headers, json }) => {
    if (url.pathname === "/token") json({ access_token: "abc" });
    else json({}, 401, { "www-authenticate": `Bearer realm="http://${headers.host ?? ""}/token"` });
  });
  await expect(tags(server)).rejects.toMatchObject({ code: "registry-denied" });
  expect(server.requests).toHaveLength(5);
});

test.each([[{ token: "a\r\nX-Evil: 1" }], [{ token: 7 }], [[]], ["text"]])("%j is no token", async (answer) => {
  const server = await serve(({ url, headers, json }) => {
    if (url.pathname === "/token") json(answer);
    else json({}, 401, { "www-authenticate": `Bearer realm="http://${headers.host ?? ""}/token"` });
  });
  await expect(tags(server)).rejects.toMatchObject({ code: "registry-failed" });
});

test("an answer without end is cut off", async () => {
  const server = await serve(({ response }) => {
    response.on("error", () => undefined);
    const more = (): void => {
      while (!response.destroyed && response.write(Buffer.alloc(256 * 1024, "x")));
    };
    response.on("drain", more);
    more();
  });
  await expect(tags(server)).rejects.toMatchObject({
    code: "registry-failed",
    message: expect.stringContaining("8 MiB") as string,
  });
});

test.each([
  ["no JSON", (exchange: Exchange) => exchange.response.end("<html>"), "registry-failed"],
  [
    "an error",
    (exchange: Exchange) => {
      exchange.json({ errors: [{ message: "\u001b[2Jboom" }] }, 500);
    },
    "registry-failed",
  ],
  [
    "too many requests",
    (exchange: Exchange) => {
      exchange.json({}, 429);
    },
    "registry-failed",
  ],
  [
    "refusal",
    (exchange: Exchange) => {
      exchange.json({}, 403);
    },
    "registry-denied",
  ],
  ["a closed connection", (exchange: Exchange) => exchange.response.destroy(), "registry-unreachable"],
])("%s", async (_, answer, code) => {
  const server = await serve((exchange) => {
    answer(exchange);
  });
  await expect(tags(server)).rejects.toMatchObject({ code });
});

test("a server that says nothing is left when the command is interrupted", async () => {
  const silent = createServer();
  await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
  const stop = new AbortController();
  const registry = parseRegistry(`http://127.0.0.1:${(silent.address() as AddressInfo).port}`);
  silent.once("connection", () => {
    stop.abort();
  });
  await expect(registries.tags(registry, "a", { ...access, signal: stop.signal })).rejects.toMatchObject({
    code: "interrupted",
  });
  silent.close();
});

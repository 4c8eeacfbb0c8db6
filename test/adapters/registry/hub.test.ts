import { afterEach, beforeEach, expect, test } from "vitest";
import { openRegistries } from "../../../src/adapters/registry/index.ts";
import type { RegistryAccess } from "../../../src/app/ports.ts";
import { parseRegistry } from "../../../src/domain/registry/address.ts";
import { Secret } from "../../../src/domain/secrets/secret.ts";
import type { FakeHttp } from "../../support/fake-http.ts";
import { hubAccount, startFakeHub } from "../../support/fake-hub.ts";

const hub = parseRegistry("docker.io");
const access: RegistryAccess = { insecure: false, signal: new AbortController().signal };
let server: FakeHttp;
beforeEach(async () => {
  server = await startFakeHub();
});
afterEach(() => server.close());
const registries = () => openRegistries({ hubUrl: server.url });

test("a search asks for no more pages than it needs", async () => {
  const found = await registries().search(hub, { term: "ng inx&x=1", limit: 25 }, access);
  expect(found).toMatchObject({ more: true, complete: true, rows: { length: 25 } });
  expect(found.rows[0]).toEqual({
    registry: "docker.io",
    image: "image0",
    description: "Image 0",
    stars: 1000,
    pulls: 5_000_000_000,
    official: true,
  });
  expect(server.requests.map(({ line }) => line)).toEqual([
    "GET /v2/search/repositories/?query=ng+inx%26x%3D1&page_size=25&page=1",
  ]);
});

test("a search of several pages", async () => {
  const found = await registries().search(hub, { term: "x", limit: 240 }, access);
  expect(found).toMatchObject({ more: true, rows: { length: 240 } });
  expect(new Set(found.rows.map(({ image }) => image)).size).toBe(240);
  expect(await registries().search(hub, { term: "x", limit: 500 }, access)).toMatchObject({
    more: false,
    rows: { length: 250 },
  });
});

test("the tags of an image, all pages", async () => {
  const { rows, complete } = await registries().tags(hub, "library/nginx", access);
  expect([rows.length, complete]).toEqual([130, true]);
  expect(rows[0]).toEqual({
    registry: "docker.io",
    image: "nginx",
    tag: "1.0",
    digest: `sha256:${"0a".repeat(32)}`,
    sizeBytes: 1_000_000,
    updatedAt: "2026-01-02T03:04:05.678901Z",
    architectures: ["amd64", "arm/v7"],
  });
});

test("images that the Hub does not have", async () => {
  await expect(registries().tags(hub, "library/none", access)).rejects.toMatchObject({ code: "image-missing" });
  await expect(registries().tags(hub, "a/b/c", access)).rejects.toMatchObject({ code: "image-missing" });
  expect(server.requests).toHaveLength(1);
});

test("a private image needs a login, which is not part of any address", async () => {
  const { username, password } = hubAccount;
  await expect(registries().tags(hub, "team/private", access)).rejects.toMatchObject({ code: "image-missing" });
  const login = { username, password: new Secret(password) };
  expect((await registries().tags(hub, "team/private", { ...access, login })).rows).toHaveLength(130);
  const wrong = { username, password: new Secret("nonsense") };
  await expect(registries().tags(hub, "team/private", { ...access, login: wrong })).rejects.toMatchObject({
    code: "registry-denied",
    message: "The registry docker.io refused joe (it says: Incorrect authentication credentials).",
  });
  expect(server.requests.filter(({ line }) => line.includes(password))).toEqual([]);
});

test("the Hub's address has to be one that a password may go to", async () => {
  for (const hubUrl of ["http://hub.example.com", "nonsense", "file:///etc"]) {
    await expect(openRegistries({ hubUrl }).tags(hub, "library/x", access)).rejects.toMatchObject({ code: "usage" });
  }
});

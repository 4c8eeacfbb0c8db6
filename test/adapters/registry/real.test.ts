import { createPublicKey, createHash, createPrivateKey, sign, X509Certificate } from "node:crypto";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openRegistries } from "../../../src/adapters/registry/index.ts";
import type { RegistryAccess } from "../../../src/app/ports.ts";
import { parseRegistry } from "../../../src/domain/registry/address.ts";
import { Secret } from "../../../src/domain/secrets/secret.ts";
import { fakeHttp, type FakeHttp } from "../../support/fake-http.ts";
import { account, selfSigned, startRegistry, type TestRegistry, whyNoRegistry } from "../../support/registry.ts";

const registries = openRegistries();
const anonymous: RegistryAccess = { insecure: false, signal: new AbortController().signal };
const login = { username: account.username, password: new Secret(account.password) };
const known: RegistryAccess = { ...anonymous, login };
const names = (rows: readonly { image: string }[]) => rows.map(({ image }) => image);

describe.skipIf(whyNoRegistry !== undefined)("an open registry that speaks HTTP on this machine", () => {
  let registry: TestRegistry;
  const address = () => parseRegistry(registry.host);
  beforeAll(async () => {
    registry = await startRegistry();
    // More than a page.
    const many = Array.from({ length: 130 }, (_, index) => `bulk/n${String(index).padStart(3, "0")}`);
    for (const name of many) await registry.push(name, ["1"]);
    await registry.push("team/web", ["latest", "1.10", "1.9"]);
  });
  afterAll(() => registry.stop());

  test("its catalog is searched over all its pages", async () => {
    const found = await registries.search(address(), { term: "bulk", limit: 1000 }, anonymous);
    expect(found).toMatchObject({ more: false, complete: true });
    expect(found.rows).toHaveLength(130);
    expect(found.rows.at(-1)?.image).toBe(`${registry.host}/bulk/n129`);
    const limited = await registries.search(address(), { term: "WEB", limit: 1 }, anonymous);
    expect(limited).toMatchObject({
      more: false,
      rows: [{ registry: registry.host, image: `${registry.host}/team/web` }],
    });
    expect(await registries.search(address(), { term: "n0", limit: 7 }, anonymous)).toMatchObject({ more: true });
  });

  test("an image's tags", async () => {
    const { rows } = await registries.tags(address(), "team/web", anonymous);
    expect(rows.map(({ tag }) => tag).sort()).toEqual(["1.10", "1.9", "latest"]);
    await expect(registries.tags(address(), "team/none", anonymous)).rejects.toMatchObject({ code: "image-missing" });
  });

  test("a login that nobody asks for is not sent", async () => {
    const wrong = { ...anonymous, login: { username: "x", password: new Secret("wrong") } };
    expect((await registries.tags(address(), "team/web", wrong)).rows).toHaveLength(3);
  });

  test("where nothing listens", async () => {
    await registry.stop();
    await expect(registries.tags(address(), "team/web", anonymous)).rejects.toMatchObject({
      code: "registry-unreachable",
      message: expect.stringContaining("nothing listens there") as string,
    });
  });
});

describe.skipIf(whyNoRegistry !== undefined)("a registry with a password", () => {
  let registry: TestRegistry;
  beforeAll(async () => {
    registry = await startRegistry({ login: "basic" });
    await registry.push("team/web", ["1.0"]);
  });
  afterAll(() => registry.stop());

  test("it is asked for, and given", async () => {
    const address = parseRegistry(registry.host);
    expect(names((await registries.search(address, { term: "web", limit: 9 }, known)).rows)).toEqual([
      `${registry.host}/team/web`,
    ]);
    await expect(registries.tags(address, "team/web", anonymous)).rejects.toMatchObject({
      code: "registry-denied",
      message: `The registry ${registry.host} wants a login (it says: authentication required).`,
    });
    const wrong = { ...anonymous, login: { ...login, password: new Secret("wrong-password") } };
    const error: unknown = await registries.tags(address, "team/web", wrong).catch((cause: unknown) => cause);
    expect(error).toMatchObject({
      code: "registry-denied",
      message: expect.stringContaining("refused tester") as string,
    });
    expect(JSON.stringify(error) + String(error)).not.toContain("wrong-password");
  });
});

describe.skipIf(whyNoRegistry !== undefined)("a registry with a certificate of its own making", () => {
  let registry: TestRegistry;
  beforeAll(async () => {
    registry = await startRegistry({ tls: true, login: "basic" });
    await registry.push("team/web", ["1.0"]);
  });
  afterAll(() => registry.stop());
  // A name that is no loopback's leads to the same place.
  const elsewhere = () => ({ ...parseRegistry(registry.host), loopback: false });

  test("on this machine any certificate does, as for docker", async () => {
    expect((await registries.tags(parseRegistry(registry.host), "team/web", known)).rows).toHaveLength(1);
  });

  test("elsewhere it is refused, unless --insecure says so", async () => {
    await expect(registries.tags(elsewhere(), "team/web", known)).rejects.toMatchObject({
      code: "registry-unreachable",
      hint: expect.stringContaining("`--insecure`") as string,
    });
    expect((await registries.tags(elsewhere(), "team/web", { ...known, insecure: true })).rows).toHaveLength(1);
  });
});

describe.skipIf(whyNoRegistry !== undefined)("a registry that wants tokens", () => {
  let dir: string;
  let tokens: FakeHttp;
  let registry: TestRegistry;
  let key: string;
  let certificate: string;
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), "pictl-token-"));
    certificate = await selfSigned(dir, "127.0.0.1");
    key = await readFile(join(dir, "key.pem"), "utf8");
    tokens = await fakeHttp(({ url, headers, json }) => {
      const basic = `Basic ${Buffer.from(`${account.username}:${account.password}`).toString("base64")}`;
      if (headers.authorization !== undefined && headers.authorization !== basic) {
        json({ errors: [{ code: "UNAUTHORIZED", message: "bad password" }] }, 401);
        return;
      }
      // Who is not known gets a token that opens nothing.
      const scopes = headers.authorization === undefined ? [] : url.searchParams.getAll("scope");
      json({ token: jwt(scopes, url.searchParams.get("service") ?? "", { key, certificate }) });
    });
    registry = await startRegistry({
      login: { realm: `${tokens.url}/token?x=1`, service: "the registry", certificates: join(dir, "cert.pem") },
    });
  });
  afterAll(async () => {
    await Promise.all([registry.stop(), tokens.close()]);
    await rm(dir, { recursive: true, force: true });
  });

  test("the login goes to the realm, the token to the registry", async () => {
    const address = parseRegistry(registry.host);
    expect(await registries.search(address, { term: "web", limit: 9 }, known)).toEqual({
      rows: [],
      more: false,
      complete: true,
    });
    expect(tokens.requests).toEqual([
      {
        line: "GET /token?x=1&service=the+registry&scope=registry%3Acatalog%3A*",
        authorization: expect.stringMatching(/^Basic /) as string,
      },
    ]);
    // The registry lets us in, and has no such image.
    await expect(registries.tags(address, "team/web", known)).rejects.toMatchObject({ code: "image-missing" });
  });

  test("without a login, and with a wrong one", async () => {
    const address = parseRegistry(registry.host);
    await expect(registries.tags(address, "team/web", anonymous)).rejects.toMatchObject({ code: "registry-denied" });
    const wrong = { ...anonymous, login: { ...login, password: new Secret("wrong") } };
    await expect(registries.tags(address, "team/web", wrong)).rejects.toMatchObject({
      code: "registry-denied",
      message: `The registry ${registry.host} refused tester (it says: bad password).`,
    });
  });
});

/** A token as distribution's token specification wants it, signed with the certificate's key. */
function jwt(
  scopes: readonly string[],
  service: string,
  { key, certificate }: { key: string; certificate: string },
): string {
  const now = Math.floor(Date.now() / 1000);
  const access = scopes.map((scope) => {
    const [type, name, actions = ""] = scope.split(":");
    return { type, name, actions: actions.split(",") };
  });
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");
  const header = {
    typ: "JWT",
    alg: "ES256",
    x5c: [new X509Certificate(certificate).raw.toString("base64")],
    kid: keyId(key),
  };
  const claims = {
    iss: "test",
    sub: "",
    aud: service,
    exp: now + 60,
    nbf: now - 60,
    iat: now,
    jti: String(now),
    access,
  };
  const text = `${part(header)}.${part(claims)}`;
  const signature = sign("sha256", Buffer.from(text), { key: createPrivateKey(key), dsaEncoding: "ieee-p1363" });
  return `${text}.${signature.toString("base64url")}`;
}

/** libtrust's fingerprint of a key. */
function keyId(key: string): string {
  const der = createPublicKey(key).export({ type: "spki", format: "der" });
  const hash = createHash("sha256").update(der).digest().subarray(0, 30);
  const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  const bits = [...hash].map((byte) => byte.toString(2).padStart(8, "0")).join("");
  const base32 = (bits.match(/.{5}/g) ?? []).map((five) => letters.charAt(parseInt(five, 2))).join("");
  return (base32.match(/.{4}/g) ?? []).join(":");
}

import { expect, test } from "vitest";
import { parseRegistry } from "../../../src/domain/registry/address.ts";
import { chooseRegistries, oneRegistry } from "../../../src/domain/registry/choose.ts";

test.each([
  ["registry.example.com", { name: "registry.example.com", loopback: false }],
  ["Registry.Example.com:5000", { name: "registry.example.com:5000", loopback: false }],
  ["http://10.0.0.5:5000/", { name: "10.0.0.5:5000", scheme: "http", loopback: false }],
  ["https://r.example.com/v2/", { name: "r.example.com", scheme: "https", loopback: false }],
  ["127.0.0.1:5000", { name: "127.0.0.1:5000", loopback: true }],
  ["127.9.9.9", { name: "127.9.9.9", loopback: true }],
  ["localhost:5000", { name: "localhost:5000", loopback: true }],
  ["[::1]:5000", { name: "[::1]:5000", loopback: true }],
  ["127.0.0.1.example.com", { name: "127.0.0.1.example.com", loopback: false }],
  ["hub.docker.com", { name: "docker.io", loopback: false }],
  ["https://index.docker.io/v1/", { name: "docker.io", loopback: false }],
])("%s", (text, address) => {
  expect(parseRegistry(text)).toEqual(address);
});

test.each([
  "",
  "-x",
  "a b",
  "u:p@host",
  "ftp://host",
  "host/path",
  "host:0",
  "host:65536",
  "host:x",
  "a..b",
  "h\nx",
  "[x]",
])("%j is no registry", (text) => {
  expect(() => parseRegistry(text)).toThrow(/is no registry/);
});

test("all are Docker Hub and those of the config, each once", () => {
  const names = chooseRegistries(["r:5000", "docker.io", "R:5000"], []).map(({ name }) => name);
  expect(names).toEqual(["docker.io", "r:5000"]);
});

test("a named registry is reached as the config says", () => {
  expect(chooseRegistries(["http://r:5000"], ["r:5000"])).toEqual([
    { name: "r:5000", scheme: "http", loopback: false },
  ]);
  expect(chooseRegistries(["http://r:5000"], ["https://r:5000"])[0]?.scheme).toBe("https");
  expect(() => chooseRegistries(["r/group"], [])).toThrow(/dockerRegistries has "r\/group"/);
});

test("a login is for one registry", () => {
  expect(oneRegistry(chooseRegistries([], [])).name).toBe("docker.io");
  expect(() => oneRegistry(chooseRegistries(["r:5000"], []))).toThrow(/one registry/);
});

import { describe, expect, test } from "vitest";
import { clientOf, hostName, isOurHost, isSameOrigin } from "../../../src/domain/access/client.ts";

const proxy = ["10.0.0.2", "fd00::/8"];

describe("who asks", () => {
  test.each([
    ["nobody is believed by default", [], { "x-forwarded-for": "6.6.6.6" }, "10.0.0.2", "http"],
    ["a trusted proxy is", proxy, { "x-forwarded-for": "1.2.3.4", "x-forwarded-proto": "https" }, "1.2.3.4", "https"],
    ["not what the client wrote before it", proxy, { "x-forwarded-for": "6.6.6.6, 1.2.3.4" }, "1.2.3.4", "http"],
    ["through several of ours", proxy, { "x-forwarded-for": "1.2.3.4, fd00::7, 10.0.0.2" }, "1.2.3.4", "http"],
    ["a proxy that says nothing asks itself", proxy, {}, "10.0.0.2", "http"],
    ["no scheme but the two", proxy, { "x-forwarded-proto": "javascript" }, "10.0.0.2", "http"],
  ])("%s", (_, trusted, headers, address, scheme) => {
    const client = clientOf({ remote: "::ffff:10.0.0.2", encrypted: false, headers }, trusted);
    expect([client.address, client.scheme]).toEqual([address, scheme]);
  });

  test("a single address trusts no other of its network", () => {
    const headers = { "x-forwarded-for": "1.2.3.4" };
    expect(clientOf({ remote: "10.0.0.3", encrypted: false, headers }, proxy).address).toBe("10.0.0.3");
  });
});

test.each([
  ["localhost:3003", "localhost"],
  ["LOCALHOST", "localhost"],
  ["[::1]:3003", "::1"],
  ["a.example.com", "a.example.com"],
  ["user@localhost", undefined],
  ["localhost/x", undefined],
  ["", undefined],
  ["localhost:3003:1", undefined],
])("the name in the Host header %j is %j", (host, name) => {
  expect(hostName(host)).toBe(name);
});

test.each([
  ["localhost:8080", true],
  ["127.0.0.1:3003", true],
  ["127.0.0.2", false],
  ["evil.example", false],
  ["localhost.evil.example", false],
  ["pictl.example.com", true],
])("Host %j is ours: %j", (host, ours) => {
  expect(isOurHost(host, { names: ["localhost", "pictl.example.com"], address: "127.0.0.1" })).toBe(ours);
});

test.each([
  ["http://localhost:3003", true],
  ["https://localhost:3003", false],
  ["http://localhost:3004", false],
  ["http://localhost", false],
  ["null", false],
  [undefined, false],
])("Origin %j is the same: %j", (origin, same) => {
  expect(isSameOrigin(origin, { scheme: "http", host: "localhost:3003" })).toBe(same);
});

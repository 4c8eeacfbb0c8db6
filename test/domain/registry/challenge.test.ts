import { expect, test } from "vitest";
import { parseChallenge } from "../../../src/domain/registry/challenge.ts";

const bearer = { scheme: "bearer", realm: "https://auth.example.com/token" };

test.each([
  ['Basic realm="test"', { scheme: "basic" }],
  ["Basic", { scheme: "basic" }],
  [
    'Bearer realm="https://auth.example.com/token",service="r.example.com",scope="repository:a/b:pull,push"',
    { ...bearer, service: "r.example.com", scope: "repository:a/b:pull,push" },
  ],
  [
    'BEARER  Realm = "https://auth.example.com/token" , service=plain',
    { ...bearer, service: "plain", scope: undefined },
  ],
  [
    'Basic realm="a, Bearer realm=x", Bearer realm="https://auth.example.com/token"',
    { ...bearer, service: undefined, scope: undefined },
  ],
  [
    String.raw`Bearer realm="https://auth.example.com/token",service="a\"b"`,
    { ...bearer, service: 'a"b', scope: undefined },
  ],
  ["Negotiate abc==, Basic realm=x", { scheme: "basic" }],
])("%s", (header, challenge) => {
  expect(parseChallenge(header)).toEqual(challenge);
});

test.each(["", "Negotiate", 'Bearer service="x"', 'Bearer realm=""', "realm=x", '"', ", , ,"])(
  "%j asks for nothing we know",
  (header) => {
    expect(parseChallenge(header)).toBeUndefined();
  },
);

test("a header made to be slow is not", () => {
  // Not the time that passes: what else the machine does is no matter.
  const before = process.cpuUsage();
  parseChallenge(`Bearer realm="${"\\".repeat(50_000)}`);
  parseChallenge("a=".repeat(50_000));
  expect(process.cpuUsage(before).user).toBeLessThan(500_000);
});

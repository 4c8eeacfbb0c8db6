import { expect, test } from "vitest";
import type { CheckKindName } from "../../../../src/domain/config/types.ts";
import { neverAnswers } from "../../../../src/domain/heartbeat/checks/never-answers.ts";

const of = (kind: CheckKindName, args: string, more: Record<string, unknown> = {}): string | undefined =>
  neverAnswers({ kind, port: 80, ...more }, { container: "web", args: args.split(" ").filter((word) => word !== "") });

test.each([
  ["", "web publishes no port 80 (it publishes none), so this check never succeeds"],
  ["-p 8080:80", "web publishes no port 80 (it publishes 8080), so this check never succeeds"],
  ["-p 80 -p 81-83:81-83", "(it publishes one that Docker chooses, 81-83)"],
  ["-p 80:80/udp", "port 80 of web is published for UDP only, where a tcp check never succeeds; write"],
  ["-p 127.0.0.1:80:80", 'from here; add "via": "node" to the check'],
  ["-p [::1]:80:80", 'from here; add "via": "node" to the check'],
])("-p that never answers: %s", (args, message) => {
  expect(of("tcp", args)).toContain(message);
});

test.each([
  "-p 80:8080",
  "-p 79-81:79-81",
  "-p 80:80/udp -p 80:80",
  "-p 10.0.0.1:80:80",
  "-P",
  "--network host",
  "--net=host",
  "--network container:gate",
])("may answer: %s", (args) => {
  expect(of("tcp", args)).toBeUndefined();
});

test("a check via the node connects to the node's own loopback address", () => {
  expect(of("tcp", "-p 127.0.0.1:80:80", { via: "node" })).toBeUndefined();
  expect(of("http", "-p 80:80", { via: "node" })).toBeUndefined();
  expect(of("http", "-p 10.0.0.1:80:80", { via: "node" })).toContain("published on 10.0.0.1 only");
});

test("other kinds need no port", () => {
  expect(of("docker", "")).toBeUndefined();
  expect(of("exec", "", { command: "true" })).toBeUndefined();
});

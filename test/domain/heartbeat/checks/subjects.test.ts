import fc from "fast-check";
import { expect, test } from "vitest";
import { checkTimeoutMs, subjects } from "../../../../src/domain/heartbeat/checks/subjects.ts";
import { config, placement } from "../../../fakes/config.ts";

test("every entry is checked, and of the others what may fail over", () => {
  const cluster = config({
    placements: [placement("web", "n1"), placement("web", "n2"), placement("db", "n1"), placement("job", "n1")],
    constraints: [
      { container: "web", hosts: ["n1", "n2", "n3"] },
      { container: "db", hosts: ["n1", "n2"] },
    ],
    heartbeat: {
      ...config().heartbeat,
      checks: [{ container: "web", node: "n1", check: { kind: "tcp", port: 80 } }],
    },
  });
  expect(subjects(cluster)).toEqual([
    { container: "web", node: "n1", check: { kind: "tcp", port: 80 } },
    { container: "web", node: "n2", check: { kind: "docker" } },
    { container: "db", node: "n1", check: { kind: "docker" } },
  ]);
});

test.each([
  [undefined, 30_000, 5000],
  [200, 30_000, 200],
  [60_000, 30_000, 14_999],
  [undefined, 1000, 499],
])("a timeout of %j at an interval of %j ms is %j", (timeoutMs, intervalMs, expected) => {
  expect(checkTimeoutMs({ kind: "tcp", ...(timeoutMs === undefined ? {} : { timeoutMs }) }, intervalMs)).toBe(expected);
});

test("property: a check always ends before half of the interval is over", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1e7 }), fc.integer({ min: 1000, max: 1e7 }), (timeoutMs, intervalMs) => {
      const ms = checkTimeoutMs({ kind: "tcp", timeoutMs }, intervalMs);
      expect(ms).toBeGreaterThan(0);
      expect(ms).toBeLessThan(intervalMs / 2);
    }),
  );
});

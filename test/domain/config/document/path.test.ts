import fc from "fast-check";
import { expect, test } from "vitest";
import { formatPath, parsePath } from "../../../../src/domain/config/document/path.ts";

test.each([
  [[], ""],
  [["layout", 1, "node"], "layout[1].node"],
  [["layout", 0, "my.app"], 'layout[0]["my.app"]'],
  [["ssh", "user"], "ssh.user"],
  [["a b"], '["a b"]'],
  [["layout", 0, "node-red"], "layout[0].node-red"],
  [["nodes", "192.168.0.1", "port"], 'nodes["192.168.0.1"].port'],
])("%j is %s", (path, text) => {
  expect(formatPath(path)).toBe(text);
  expect(parsePath(text)).toEqual(path);
});

test("an index may stand between dots", () => {
  expect(parsePath("layout.1.node")).toEqual(["layout", 1, "node"]);
});

test.each(["a..b", ".a", "a.", "a[", "a[x]", "a]", "a b", "a[0]b", "[", '["a]'])("%s is no path", (text) => {
  expect(parsePath(text)).toBeUndefined();
});

test("any path comes back", () => {
  const part = fc.oneof(fc.nat(), fc.string());
  fc.assert(
    fc.property(fc.array(part), (path) => {
      expect(parsePath(formatPath(path))).toEqual(path);
    }),
  );
});

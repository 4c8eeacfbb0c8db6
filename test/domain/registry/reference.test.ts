import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { PictlError } from "../../../src/domain/errors.ts";
import {
  familiarName,
  localName,
  repositoryName,
  parseReference,
  parseRepository,
  pullName,
} from "../../../src/domain/registry/reference.ts";

const digest = `sha256:${"ab".repeat(32)}`;

test.each([
  ["nginx", { registry: "docker.io", path: "library/nginx" }, "nginx:latest"],
  ["nginx:1.27-alpine", { registry: "docker.io", path: "library/nginx", tag: "1.27-alpine" }, "nginx:1.27-alpine"],
  ["team/app", { registry: "docker.io", path: "team/app" }, "team/app:latest"],
  ["docker.io/library/nginx", { registry: "docker.io", path: "library/nginx" }, "nginx:latest"],
  ["index.docker.io/nginx", { registry: "docker.io", path: "library/nginx" }, "nginx:latest"],
  ["localhost/app", { registry: "localhost", path: "app" }, "localhost/app:latest"],
  [
    "r.example.com:5000/a/b/c:v2",
    { registry: "r.example.com:5000", path: "a/b/c", tag: "v2" },
    "r.example.com:5000/a/b/c:v2",
  ],
  ["[fd00::7]:5000/app", { registry: "[fd00::7]:5000", path: "app" }, "[fd00::7]:5000/app:latest"],
  ["a.b_c__d---e", { registry: "docker.io", path: "library/a.b_c__d---e" }, "a.b_c__d---e:latest"],
  [`nginx@${digest}`, { registry: "docker.io", path: "library/nginx", digest }, `nginx@${digest}`],
  [`nginx:1@${digest}`, { registry: "docker.io", path: "library/nginx", tag: "1", digest }, `nginx:1@${digest}`],
])("%s", (text, parts, pulled) => {
  const reference = parseReference(text);
  expect(reference).toEqual({ tag: undefined, digest: undefined, ...parts });
  expect(pullName(reference)).toBe(pulled);
});

test.each([
  ["nginx", "nginx:latest"],
  ["library/nginx", "nginx:latest"],
  ["docker.io/nginx:1.27", "nginx:1.27"],
  ["docker.io/library/nginx", "nginx:latest"],
  ["index.docker.io/library/nginx", "nginx:latest"],
  ["docker.io/team/app", "team/app:latest"],
  ["library/team/app", "library/team/app:latest"],
  ["localhost/library/nginx", "localhost/library/nginx:latest"],
  ["r.example.com:5000/app", "r.example.com:5000/app:latest"],
  ["r.example.com:5000/library/app:1", "r.example.com:5000/library/app:1"],
  // To docker this is another registry than the Hub.
  ["registry-1.docker.io/library/nginx", "registry-1.docker.io/library/nginx:latest"],
  [`docker.io/library/nginx@${digest}`, `nginx@${digest}`],
  [`nginx:1@${digest}`, `nginx@${digest}`],
  [`r.example.com:5000/app@${digest}`, `r.example.com:5000/app@${digest}`],
  ["sha256:abcd", "sha256:abcd"],
])("docker calls %s on a node %s", (text, name) => {
  expect(familiarName(text)).toBe(name);
});

test.each([
  ["", "nothing before the tag"],
  [":1", "nothing before the tag"],
  ["--privileged", "use small letters"],
  ["-v", "use small letters"],
  ["Nginx", "capital letters"],
  ["a b", "use small letters"],
  ["a;reboot", "use small letters"],
  ["$(reboot)", "use small letters"],
  ["a\nb", "use small letters"],
  ["a/", "use small letters"],
  ["a//b", "use small letters"],
  ["../a", "no registry such as"],
  ["a..b", "use small letters"],
  ["a___b", "use small letters"],
  ["a:", "a tag is of"],
  ["a:-1", "a tag is of"],
  [`a:${"x".repeat(129)}`, "a tag is of"],
  ["a@sha256:abc", "no digest"],
  [`a@md5:${"ab".repeat(32)}`, "no digest"],
  [`a@${digest}@${digest}`, "more than one @"],
  ["ab".repeat(32), "an image's id"],
  ["a".repeat(250), "at most 255"],
  ["a".repeat(100_000), "too long"],
  ["-bad.example.com/a", "no registry such as"],
  ["user:pass@r.example.com/a", "more than|no digest"],
  ["http://r.example.com/a", "use small letters|no registry such as"],
  ["r.example.com:port/a", "no registry such as"],
])("%j is refused", (text, why) => {
  expect(() => parseReference(text)).toThrow(new RegExp(why));
});

test("an accepted name never looks like an option or reaches a shell", () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom(...Array.from("ab0B.-_/:@$;\n [~\u0000é")), maxLength: 12 }),
      (text) => {
        try {
          expect(pullName(parseReference(text))).toMatch(/^[a-z0-9[A-Z][a-zA-Z0-9_.:/@\-[\]]*$/);
        } catch (error) {
          expect(error).toBeInstanceOf(PictlError);
        }
      },
    ),
  );
});

describe("--registry", () => {
  test("is where a name without a registry belongs", () => {
    expect(pullName(parseReference("team/app:2", "r.example.com"))).toBe("r.example.com/team/app:2");
    expect(pullName(parseReference("r.example.com/app", "r.example.com"))).toBe("r.example.com/app:latest");
    expect(pullName(parseReference("app", "docker.io"))).toBe("app:latest");
  });
  test("must not contradict the name", () => {
    expect(() => parseReference("one.example.com/app", "two.example.com")).toThrow(/`--registry` says two/);
    expect(() => parseReference("one.example.com/app", "docker.io")).toThrow(/`--registry` says docker.io/);
  });
});

test("a repository is a name without tag; what it is short for is left open", () => {
  expect(parseRepository("nginx")).toEqual({ registry: undefined, path: "nginx" });
  expect(parseRepository("r:5000/a/b")).toEqual({ registry: "r:5000", path: "a/b" });
  expect(() => parseRepository("nginx:1")).toThrow(/names one tag/);
});

test("a name of the node's own has no digest", () => {
  expect(repositoryName(localName("web:2"))).toBe("web");
  expect(() => localName(`web@${digest}`)).toThrow(/a digest is no name/);
});

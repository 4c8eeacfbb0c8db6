import { expect, test } from "vitest";
import { mayCarryPassword, mayLead, nextPage } from "../../../src/domain/registry/reach.ts";

test.each([
  ["https://r.example.com/v2/", "https://auth.example.com/token", true],
  ["https://r.example.com/v2/", "https://r.example.com:8443/token", true],
  ["https://r.example.com/v2/", "http://r.example.com/token", false],
  ["http://r.example.com:5000/", "http://r.example.com:5001/token", true],
  ["http://r.example.com:5000/", "http://other.example.com/token", false],
  ["http://r.example.com:5000/", "https://other.example.com/token", true],
  ["https://r.example.com/", "https://user:pw@auth.example.com/", false],
  ["https://r.example.com/", "https://127.0.0.1/", false],
  ["https://r.example.com/", "https://localhost/", false],
  ["http://127.0.0.1:5000/", "http://127.0.0.1:6000/", true],
  ["https://r.example.com/", "file:///etc/passwd", false],
  ["http://r.example.com/", "ftp://r.example.com/", false],
])("%s may send us to %s: %s", (from, to, may) => {
  expect(mayLead(new URL(from), new URL(to))).toBe(may);
});

test("a password travels over HTTPS, to this machine, or as --insecure allows", () => {
  expect(mayCarryPassword(new URL("https://r.example.com/"), false)).toBe(true);
  expect(mayCarryPassword(new URL("http://127.0.0.1:5000/"), false)).toBe(true);
  expect(mayCarryPassword(new URL("http://r.example.com/"), false)).toBe(false);
  expect(mayCarryPassword(new URL("http://r.example.com/"), true)).toBe(true);
});

const current = new URL("https://r.example.com/v2/_catalog?n=2");

test.each([
  ['</v2/_catalog?last=b&n=2>; rel="next"', "https://r.example.com/v2/_catalog?last=b&n=2"],
  ["<?last=b>; rel=next", "https://r.example.com/v2/_catalog?last=b"],
  ['<https://r.example.com/x>; title="a, b"; REL="prev next"', "https://r.example.com/x"],
  ['</a>; rel="prev", </b>; rel="next"', "https://r.example.com/b"],
])("%s", (link, next) => {
  expect(String(nextPage(link, current))).toBe(next);
});

test.each([undefined, "", '</a>; rel="prev"', "</a>", '</a>; rel="nextly"', '</a>; title="rel=next"'])(
  "%s ends the list",
  (link) => {
    expect(nextPage(link, current)).toBeUndefined();
  },
);

test.each([
  '<https://evil.example.com/>; rel="next"',
  '<http://r.example.com/x>; rel="next"',
  '<//evil.example.com/>; rel="next"',
  '<https://u:p@r.example.com/>; rel="next"',
  '<https://[>; rel="next"',
])("%s is not followed", (link) => {
  expect(nextPage(link, current)).toBe("foreign");
});

import { expect, test } from "vitest";
import { matchesPattern, matchesPatternList } from "../../../src/domain/ssh/pattern.ts";

test.each([
  ["*", "", true],
  ["*", "anything", true],
  ["web?", "web1", true],
  ["web?", "web", false],
  ["web?", "web12", false],
  ["*.example.com", "a.example.com", true],
  ["*.example.com", "example.com", false],
  ["a*b*c", "a-b-b-c", true],
  ["a*b*c", "a-c-b", false],
  ["10.0.0.*", "10.0.0.255", true],
  ["[a]", "[a]", true],
  ["", "", true],
  ["", "a", false],
])("%j matches %j: %s", (pattern, text, expected) => {
  expect(matchesPattern(pattern, text)).toBe(expected);
});

test("a pattern that makes backtracking matchers explode is decided at once", () => {
  // Not the time that passes: what else the machine does is no matter.
  const before = process.cpuUsage();
  expect(matchesPattern(`${"*a".repeat(40)}b`, "a".repeat(2_000))).toBe(false);
  expect(process.cpuUsage(before).user).toBeLessThan(500_000);
});

test.each([
  ["a,b", "b", true],
  ["a,b", "c", false],
  ["*,!b", "a", true],
  ["*,!b", "b", false],
  ["!b,*", "b", false],
  ["!b", "a", false],
  ["WEB", "web", true],
  ["web", "WEB", true],
])("the list %j matches %j: %s", (list, host, expected) => {
  expect(matchesPatternList(list, host)).toBe(expected);
});

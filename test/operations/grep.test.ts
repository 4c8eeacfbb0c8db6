import { expect, test } from "vitest";
import { grepOf } from "../../src/operations/common.ts";

test.each([
  ["error|warn", "an error", "all is well"],
  ["^\\d{4}-\\d\\d", "2026-11", "on 2026-11"],
  ["(?i)FAILED", "failed", "done"],
  ["(?<year>\\d+)", "in 2026", "never"],
  ["\\bü+\\b|😀", "😀", "u"],
  ["a\\/b", "a/b", "ab"],
])("%s finds what it did in JavaScript", (grep, yes, no) => {
  const matcher = grepOf({ grep });
  expect([matcher?.test(yes), matcher?.test(no)]).toEqual([true, false]);
});

test.each(["(a", "(?=a)b", "(a)\\1", "(?:a{0,1000}){0,1000}"])("%s is refused, and says why", (grep) => {
  expect(() => grepOf({ grep })).toThrow(/`grep` is no regular expression of RE2: .+\./);
});

test.each([
  "(a+)+$",
  "(a|a)*$",
  "(.*)(.*)(.*)(.*)[^a]$",
  "(a*)*b",
  "(?:(?:(?:a{0,9}){0,9}){0,9})$",
  "[ab]*a[ab]{400}c",
])("%s holds up nobody, whatever the line", (grep) => {
  const matcher = grepOf({ grep });
  const before = process.cpuUsage();
  for (const line of ["a".repeat(64 * 1024), `${"a".repeat(64 * 1024)}!`, "ab".repeat(32 * 1024)]) matcher?.test(line);
  const { user, system } = process.cpuUsage(before);
  expect((user + system) / 1000).toBeLessThan(3000);
});

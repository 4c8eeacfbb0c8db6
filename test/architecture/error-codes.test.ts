import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { errorCodes } from "../../src/domain/errors.ts";

const document = await readFile(new URL("../../docs/errors.md", import.meta.url), "utf8");

const rows = [
  ...document.matchAll(/^\| `(?<code>[^`]+)` \| (?<exitCode>\d+) \| (?<meaning>[^|]+) \| (?<remedy>[^|]+) \|$/gm),
]
  .map((match) => match.groups ?? {})
  .map(({ code = "", exitCode, meaning = "", remedy = "" }) => ({ code, exitCode: Number(exitCode), meaning, remedy }));

test("docs/errors.md has every code with its exit code, in the order of src/domain/errors.ts, and no other", () => {
  expect(rows.map(({ code, exitCode }) => [code, exitCode])).toEqual(Object.entries(errorCodes));
});

test("every exit code is explained", () => {
  const explained = [...document.matchAll(/^\| (\d+) \|/gm)].map((match) => Number(match[1]));
  expect([...new Set(Object.values(errorCodes))].filter((code) => !explained.includes(code))).toEqual([]);
});

test.each(rows)("$code says in sentences what it means and what to do", ({ meaning, remedy }) => {
  expect(meaning).toMatch(/^[A-Z`].*\.$/);
  expect(remedy).toMatch(/^\S.*\.$/);
});

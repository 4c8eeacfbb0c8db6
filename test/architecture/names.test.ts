import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { namesDeclaredTwice } from "../../scripts/house/names.ts";

const files = execFileSync("git", ["ls-files", "src", "commands"], { encoding: "utf8" })
  .split("\n")
  .filter((file) => /\.tsx?$/.test(file));
const isWeb = (file: string): boolean => file.startsWith("src/web/");

test.each([
  ["pictl", files.filter((file) => !isWeb(file))],
  ["the console", files.filter(isWeb)],
])("in %s an exported name exists once", (_, own) => {
  expect(own.length).toBeGreaterThan(50);
  expect(namesDeclaredTwice(own)).toEqual([]);
});

import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

const files = execFileSync("git", ["ls-files", "src", "commands"], { encoding: "utf8" })
  .split("\n")
  .filter((file) => /\.tsx?$/.test(file));

/** What a person may ask for, as it is handed on, and who only hands it on: not the readers that it is there for. */
const handedOn: readonly (readonly [types: string, by: RegExp])[] = [
  ["src/domain/config/types.ts", /^src\/(?:domain\/config|adapters\/(?:config|state))\//],
  ["src/domain/ssh/config/target.ts", /^src\/(?:domain\/(?:config|ssh\/config)|adapters\/(?:config|state))\//],
];

test.each(handedOn)("each field of %s is read by what it is for", (types, by) => {
  const fields = [...readFileSync(types, "utf8").matchAll(/^\s+readonly (\w+)\??:/gm)].map(([, name = ""]) => name);
  expect(fields.length).toBeGreaterThan(20);
  const text = files
    .filter((file) => !by.test(file))
    .map((file) => readFileSync(file, "utf8"))
    .join("\n");
  const read = new Set([...text.matchAll(/(?:\.|[{,]\s*|\[")(\w+)/g)].map(([, name = ""]) => name));
  expect(
    fields.filter((name) => !read.has(name)),
    `Nothing outside ${String(by)} reads these: what a config says of them has no effect. Read them where they count, or take them out.`,
  ).toEqual([]);
});

import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";

const folder = new URL("../../dist/web/", import.meta.url);
const read = (name: string): string => readFileSync(new URL(name, folder), "utf8");
const atMostBytes = 40_000;

test("what is loaded until the rows are shown has at most 40 kB, and neither terminal nor charts", () => {
  const page = read("index.html");
  const [style = "", script = ""] = [/href="(main-[^"]+\.css)"/, /src="(main-[^"]+\.js)"/].map(
    (pattern) => pattern.exec(page)?.[1] ?? "",
  );
  const scripts = withImports(script);
  const sizes = ["index.html", style, ...scripts].map((name) => [name, gzipSync(read(name)).length] as const);
  expect(scripts.filter((name) => /^(shell|draw|later)-/.test(name))).toEqual([]);
  const sum = sizes.reduce((total, [, bytes]) => total + bytes, 0);
  expect(sum, sizes.map(([name, bytes]) => `${name} ${bytes}`).join(", ")).toBeLessThanOrEqual(atMostBytes);
});

/** A chunk and those that it cannot begin without. */
function withImports(name: string, seen = new Set<string>()): readonly string[] {
  if (seen.has(name)) return [];
  seen.add(name);
  const needs = [...read(name).matchAll(/(?:from|import)"\.\/([\w-]+\.js)"/g)].map((match) => match[1] ?? "");
  return [name, ...needs.flatMap((each) => withImports(each, seen))];
}

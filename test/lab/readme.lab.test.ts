import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { splitWords } from "../../src/domain/config/words.ts";
import { afterAll, describe, expect, test } from "vitest";
import { pictl } from "../support/cli.ts";
import { labObstacle, withLab } from "../support/lab.ts";

const readme = readFileSync(new URL("../../README.md", import.meta.url), "utf8");

/** One `$ line` of a console block, and what the README shows below it. */
interface Shown {
  readonly line: string;
  readonly output: readonly string[];
}

const shown: Shown[] = [...readme.matchAll(/^```console\n([^]*?)^```$/gm)].flatMap(([, block = ""]) =>
  block
    .split(/^\$ /m)
    .slice(1)
    .map((part) => {
      const [line = "", ...output] = part.trimEnd().split("\n");
      return { line, output };
    }),
);

/** What differs from run to run, and from machine to machine: measures, times, ids, names of systems. */
function normal(line: string): string {
  return line
    .replaceAll(/\b[0-9a-f]{12,}\b/g, "ID")
    .replaceAll(/\S+@\S+: pictl/g, "WHO: pictl")
    .replaceAll(/\d+(?:[.:-]\d+)*/g, "0")
    .replaceAll(/\b0 (?:ms|s|min|h|d|B|KiB|MiB|GiB)\b/g, "0")
    .replaceAll(/\s+/g, " ")
    .trim();
}

const obstacle = await labObstacle();

describe.skipIf(obstacle !== undefined)("the tour of the README", () => {
  const lab = withLab({ nodes: 3 });
  const folder = mkdtempSync(join(tmpdir(), "pictl-tour-"));
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  test("there is one", () => {
    expect(shown.length).toBeGreaterThan(10);
  });

  // In order, on one cluster: each command finds what the one before left.
  test.each(shown)("$line", async ({ line, output }) => {
    const [, file] = /^cat (\S+)$/.exec(line) ?? [];
    if (file !== undefined) {
      writeFileSync(join(folder, file), output.join("\n"));
      return;
    }
    const [command = "", asksForCode] = line.split("; echo $?");
    const split = splitWords(command.replace(/(?<=--config )(?=\w)/, `${folder}/`));
    if (!split.ok) throw new Error(split.message);
    const [program, ...words] = split.words.map((word) => word.text);
    expect(program).toBe("pictl");
    const { code, stdout, stderr } = await pictl(words, { config: lab.status().config });
    const said = `${stdout}${stderr}${asksForCode === undefined ? "" : `${String(code)}\n`}`.replaceAll(
      `${folder}/`,
      "",
    );
    if (asksForCode === undefined) expect(code, said).toBe(0);
    // A table of measures is told by its head: systems differ in the rest.
    const expected = line === "pictl nodes" ? output.slice(0, 1) : output.filter((each) => each.trim() !== "…");
    expect(said.split("\n").map(normal)).toEqual(expect.arrayContaining(expected.map(normal)));
  });
});

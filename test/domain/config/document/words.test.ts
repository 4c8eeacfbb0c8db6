import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { splitWords } from "../../../../src/domain/config/document/words.ts";
import { quote } from "../../../../src/domain/shell.ts";

function words(text: string): readonly string[] | string {
  const result = splitWords(text);
  return result.ok ? result.words.map((word) => word.text) : result.message;
}

/** What a real shell makes of the lines, each with expansion neutralised as far as the input allows. */
function shellWords(lines: readonly string[]): string[][] {
  const script = lines.map((line) => `emit ${line}\n`).join("");
  const output = execFileSync("sh", ["-s"], {
    input: `set -f\nIFS=\nemit() { for word do printf '%s\\036' "$word"; done; printf '\\037'; }\n${script}`,
    encoding: "utf8",
    maxBuffer: 1 << 26,
  });
  return output
    .split("\u001f")
    .slice(0, -1)
    .map((line) => line.split("\u001e").slice(0, -1));
}

const cases: [string, readonly string[]][] = [
  ["", []],
  [" \t\n ", []],
  ["-p 80:80", ["-p", "80:80"]],
  [`-e 'A B' -e "C D" -e E\\ F`, ["-e", "A B", "-e", "C D", "-e", "E F"]],
  [`'' ""`, ["", ""]],
  [`a'b'"c"d`, ["abcd"]],
  ["--health-cmd 'curl -f http://x || exit 1'", ["--health-cmd", "curl -f http://x || exit 1"]],
  [`-e "P=\\$a\\\\\\"\\\`\\x"`, ["-e", 'P=$a\\"`\\x']],
  ["-e $HOME -e `id` -e $(id) ~ * #x", ["-e", "$HOME", "-e", "`id`", "-e", "$(id)", "~", "*", "#x"]],
  ["a \\\n b", ["a", "b"]],
  ["a\\\nb", ["ab"]],
  ["'a\nb'", ["a\nb"]],
  ["a;b|c&d<e>f", ["a;b|c&d<e>f"]],
  ["$'a\\n' $\"b\"", ["$a\\n", "$b"]],
  ["é ✓ 🐳", ["é", "✓", "🐳"]],
];

test.each(cases)("%j", (text, expected) => {
  expect(words(text)).toEqual(expected);
});

test.each([
  [`-e 'open`, 3, "single quote"],
  [`-e "open \\"`, 3, "double quote"],
  [`-p 80:80 \\`, 9, "backslash"],
])("%j does not end", (text, offset, what) => {
  expect(splitWords(text)).toMatchObject({ ok: false, offset, message: expect.stringContaining(what) as string });
});

test("each word knows where it begins", () => {
  const result = splitWords(`-p  '80 80' "x"`);
  expect(result.ok && result.words.map((word) => word.offset)).toEqual([0, 4, 12]);
});

/** One of the characters of a text. */
function characters(text: string): fc.Arbitrary<string> {
  return fc.constantFrom(...Array.from(text));
}

describe("against sh", () => {
  const separator = fc.constantFrom(" ", "  ", "\t", " \\\n ");
  const character = characters("ab c\t'\"\\$`#*?~!&|;<>(){}[]=:/.,-é🐳\n");
  const text = fc.string({ unit: character, maxLength: 12 });

  test("any words, quoted by us, come out of it and of splitWords unchanged", () => {
    fc.assert(
      fc.property(fc.array(fc.array(text, { maxLength: 6 }), { minLength: 200, maxLength: 200 }), (lists) => {
        const lines = lists.map((list) => list.map(quote).join(" "));
        expect(shellWords(lines)).toEqual(lists);
        expect(lines.map(words)).toEqual(lists);
      }),
      { numRuns: 10 },
    );
  });

  /** Every way to quote, none of what a shell would expand or take for an operator. */
  const piece = fc.oneof(
    fc.stringMatching(/^[a-z=:/.,#-]{1,4}$/).map((plain) => plain.replace(/^#/, "x")),
    fc.string({ unit: characters('ab "\\$`*\n#'), maxLength: 4 }).map((inner) => `'${inner}'`),
    fc
      .array(fc.constantFrom("a", " ", "'", "*", "\\\\", '\\"', "\\$", "\\`", "\\a", "\\\n", "\n", "#"), {
        maxLength: 5,
      })
      .map((inner) => `"${inner.join("")}"`),
    characters("ab '\"\\$`*;&|#").map((char) => `\\${char}`),
    fc.constant("\\\n"),
  );
  const line = fc
    .array(fc.tuple(fc.array(piece, { minLength: 1, maxLength: 4 }), separator), { maxLength: 5 })
    .map((list) => list.map(([pieces, space]) => pieces.join("") + space).join(""));

  test("any line is split as it splits it", () => {
    fc.assert(
      fc.property(fc.array(line, { minLength: 300, maxLength: 300 }), (lines) => {
        const safe = lines.map((text) => text.replace(/(^|[\s]|\\\n)#/g, "$1x"));
        expect(safe.map(words)).toEqual(shellWords(safe));
      }),
      { numRuns: 10 },
    );
  });
});

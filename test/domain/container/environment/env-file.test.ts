import fc from "fast-check";
import { expect, test } from "vitest";
import { parseEnvFile } from "../../../../src/domain/container/environment/env-file.ts";

const parse = (text: string) => parseEnvFile(text, (name) => ({ HOME: "/root", LINES: "a\nb", EMPTY: "" })[name]);

// What docker makes of each is compared with in test/lab/env-file.lab.test.ts.
test.each<[string, string, Record<string, string>]>([
  ["nothing", "", {}],
  ["names and values", "A=1\nB=two words\n", { A: "1", B: "two words" }],
  [
    "values as they are",
    `A= x \nB="quoted"\nC='$HOME'\nD=a=b\nE=\nF=x # no comment`,
    {
      A: " x ",
      B: '"quoted"',
      C: "'$HOME'",
      D: "a=b",
      E: "",
      F: "x # no comment",
    },
  ],
  ["comments and blank lines", "# c\n\n   \n\t# indented\n  A=1", { A: "1" }],
  ["lines of Windows", "A=1\r\nB=2\r\n", { A: "1", B: "2" }],
  ["a carriage return inside", "A=1\r2", { A: "1\r2" }],
  ["a byte order mark", "\uFEFFA=1", { A: "1" }],
  ["names alone", "HOME\nMISSING\nEMPTY", { HOME: "/root", EMPTY: "" }],
  ["a name twice", "A=1\nA=2", { A: "2" }],
  ["odd names", "a.b-c=1\n1=2\n#=3", { "a.b-c": "1", "1": "2" }],
])("%s", (_, text, expected) => {
  expect(parse(text)).toEqual({ ok: true, variables: expect.anything() as unknown });
  const file = parse(text);
  expect(Object.fromEntries(file.ok ? file.variables : [])).toEqual(expected);
});

test.each<[string, number, string]>([
  ["A=1\nB C=2", 2, "there is white space in the name"],
  ["A =1", 1, "there is white space in the name"],
  ["secret words", 1, "there is white space in the name"],
  ["# c\n\n=x", 3, "there is no name before the ="],
  ["A=x\0y", 1, "there is a NUL character in it"],
  ["LINES", 1, "LINES has several lines in the environment of this machine, and may have one"],
])("%j is refused at line %d: %s", (text, line, message) => {
  expect(parse(text)).toEqual({ ok: false, line, message });
});

test("any names and values that fit into lines come out as they went in", () => {
  const name = fc.stringMatching(/^[A-Za-z_.][^=\s\0#]{0,8}$/);
  const value = fc
    .string({ unit: "binary", maxLength: 12 })
    .map((text) => text.replaceAll(/[\n\0]/g, "").replace(/\r+$/, ""));
  fc.assert(
    fc.property(fc.uniqueArray(fc.tuple(name, value), { selector: ([each]) => each }), (pairs) => {
      const text = pairs.map(([each, of]) => `${each}=${of}\n`).join("");
      expect(parse(text)).toEqual({ ok: true, variables: pairs });
    }),
  );
});

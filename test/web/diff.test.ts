import fc from "fast-check";
import { expect, test } from "vitest";
import { differenceOf } from "../../src/web/pages/config/diff.ts";

test("shows what is gone and what has come, with three lines around it", () => {
  const before = ["a", "b", "c", "d", "e", "f", "g", "h", "i"].join("\n");
  const lines = differenceOf(before, before.replace("e", "E\nmore")).map(({ sign, text }) => `${sign}${text}`);
  expect(lines).toEqual([" b", " c", " d", "-e", "+E", "+more", " f", " g", " h"]);
});

test("says where lines between two changes are left out", () => {
  const before = Array.from({ length: 20 }, (_, at) => `line ${String(at)}`).join("\n");
  const after = before.replace("line 2\n", "").replace("line 17", "another");
  expect(
    differenceOf(before, after)
      .map(({ sign }) => sign)
      .join(""),
  ).toBe("  -   …   -+  ");
});

test("the same text differs in nothing", () => {
  expect(differenceOf("a\nb", "a\nb")).toEqual([]);
});

test("what it tells is true of any two texts", () => {
  const text = fc.array(fc.constantFrom("a", "b", "c"), { maxLength: 12 });
  fc.assert(
    fc.property(text, text, (before, after) => {
      const lines = differenceOf(before.join("\n"), after.join("\n"));
      const count = (sign: string): number => lines.filter((line) => line.sign === sign).length;
      expect(count("+") - count("-")).toBe(after.join("\n").split("\n").length - before.join("\n").split("\n").length);
      for (const { line, text: shown } of lines) if (line !== undefined) expect(after[line - 1] ?? "").toBe(shown);
    }),
  );
});

import fc from "fast-check";
import stringWidth from "string-width";
import { expect, test } from "vitest";
import { cut, fit, graphemes, safe, width } from "../../../src/tui/view/text.ts";

test.each([
  ["web", 3],
  ["✗ ● │ ─ █ ░ … → ≠ ×", 19],
  ["漢字", 4],
  ["e\u0301", 1],
  ["🎉", 2],
  ["👩‍👩‍👧", 2],
  ["🇩🇪", 2],
])("%s takes %d columns", (text, columns) => {
  expect(width(text)).toBe(columns);
});

test("whatever the text, it is made exactly as wide as asked, and no character of it is cut in two", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), fc.nat(20), (text, columns) => {
      expect(width(fit(safe(text), columns))).toBe(columns);
      expect(safe(text).startsWith(cut(safe(text), columns))).toBe(true);
      expect([...graphemes(text)].join("")).toBe(text);
    }),
  );
});

test("what counts as one column is so for the package that measures the rest", () => {
  for (let code = 0x20; code < 0x2800; code += 1) {
    const character = String.fromCharCode(code);
    if (width(character) === 1 && stringWidth(character) !== 1) expect(character, code.toString(16)).toBe("one column");
  }
});

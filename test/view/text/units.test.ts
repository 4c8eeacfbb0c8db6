import { expect, test } from "vitest";
import { bytes } from "../../../src/view/text/units.ts";

test.each([
  [0, "0 B"],
  [408.9910942129092, "409 B"],
  [1023.9, "1024 B"],
  [1024, "1.0 KiB"],
  [20_000, "20 KiB"],
])("%s bytes are %s", (count, text) => {
  expect(bytes(count)).toBe(text);
});

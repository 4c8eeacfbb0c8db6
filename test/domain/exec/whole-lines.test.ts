import fc from "fast-check";
import { expect, test } from "vitest";
import { WholeLines } from "../../../src/domain/exec/whole-lines.ts";

test("lines come whole, and a last one without its newline gets it", () => {
  const lines = new WholeLines(100);
  expect(text(lines.push(bytes("one\ntw")))).toBe("one\n");
  expect(lines.push(bytes("o"))).toBeUndefined();
  expect(text(lines.push(bytes("\nthree\nfour")))).toBe("two\nthree\n");
  expect(text(lines.end())).toBe("four\n");
  expect(lines.end()).toBeUndefined();
});

test("a line beyond the limit is cut and says so", () => {
  const lines = new WholeLines(8);
  expect(lines.push(bytes("0123456789"))).toBeUndefined();
  expect(lines.push(bytes("abc"))).toBeUndefined();
  expect(text(lines.push(bytes("def\nnext\n")))).toBe("01234567 [8 bytes cut]\nnext\n");
  lines.push(bytes("0123456789"));
  expect(text(lines.end())).toBe("01234567 [2 bytes cut]\n");
});

test("100 MB without a newline need no more than the limit", () => {
  const lines = new WholeLines(1024);
  const chunk = new Uint8Array(1024 * 1024).fill(0x61);
  for (let count = 0; count < 100; count += 1) expect(lines.push(chunk)).toBeUndefined();
  expect(text(lines.end())).toMatch(/^a{1024} \[104856576 bytes cut\]\n$/);
});

test("any bytes cut anywhere come out as they went in", () => {
  const chunk = fc
    .array(fc.oneof(fc.constant(0x0a), fc.integer({ min: 0, max: 255 })))
    .map((list) => Uint8Array.from(list));
  fc.assert(
    fc.property(fc.array(chunk), (chunks) => {
      const lines = new WholeLines(1_000_000);
      const out = [...chunks.map((each) => lines.push(each)), lines.end()].filter((each) => each !== undefined);
      for (const each of out) expect(each.at(-1)).toBe(0x0a);
      const whole = Buffer.concat(chunks);
      const ended = whole.length === 0 || whole.at(-1) === 0x0a ? whole : Buffer.concat([whole, Buffer.from("\n")]);
      expect(Buffer.concat(out)).toEqual(ended);
    }),
  );
});

test("a chunk's memory is not held on to", () => {
  const lines = new WholeLines(100);
  const chunk = bytes("rest");
  lines.push(chunk);
  chunk.fill(0x21);
  expect(text(lines.end())).toBe("rest\n");
});

function bytes(value: string): Uint8Array {
  return new TextEncoder().encode(value);
}

function text(value: Uint8Array | undefined): string {
  return new TextDecoder().decode(value);
}

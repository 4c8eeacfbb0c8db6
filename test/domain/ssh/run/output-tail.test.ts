import fc from "fast-check";
import { expect, test } from "vitest";
import { OutputTail } from "../../../../src/domain/ssh/run/output-tail.ts";

test("keeps the last bytes and says whether some were lost, however the stream is chopped", () => {
  fc.assert(
    fc.property(fc.nat(20_000), fc.array(fc.uint8Array({ maxLength: 9_000 }), { maxLength: 30 }), (limit, chunks) => {
      const tail = new OutputTail(limit);
      for (const chunk of chunks) tail.push(chunk);
      const all = Buffer.concat(chunks);
      expect(Buffer.from(tail.bytes()).equals(all.subarray(Math.max(0, all.length - limit)))).toBe(true);
      expect(tail.truncated).toBe(all.length > limit);
    }),
    { numRuns: 300 },
  );
});

test("a million single bytes take no more room than their limit", () => {
  const tail = new OutputTail(1_000);
  for (let i = 0; i < 1_000_000; i++) tail.push(Uint8Array.of(i));
  expect(tail.bytes().length).toBe(1_000);
  expect(tail.bytes().at(-1)).toBe(999_999 % 256);
});

import { expect, test } from "vitest";
import { gathered } from "../../../src/adapters/build-context/tar.ts";

const kB = 1024;

test("many small files go to a node in few packets, a large one at once and behind what came before it", async () => {
  const sizes = [...Array.from({ length: 300 }, () => 512), 100 * kB, 1, 64 * kB, 63 * kB, 63 * kB, 2];
  const pieces = sizes.map((size, index) => Buffer.alloc(size, index % 251));
  async function* source(): AsyncGenerator<Uint8Array> {
    yield* pieces;
  }
  const sent: Buffer[] = [];
  // A piece is good until the next one.
  for await (const piece of gathered(source())) sent.push(Buffer.from(piece));
  expect(sent.map(({ length }) => length)).toEqual([64 * kB, 64 * kB, 22 * kB, 100 * kB, 1, 64 * kB, 126 * kB, 2]);
  expect(Buffer.concat(sent).equals(Buffer.concat(pieces))).toBe(true);
});

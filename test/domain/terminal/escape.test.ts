import fc from "fast-check";
import { expect, test } from "vitest";
import { Escape } from "../../../src/domain/terminal/escape.ts";

/** What is sent of keys that come in these pieces; ends with `!` where the person leaves. */
function typed(...pieces: readonly string[]): string {
  const escape = new Escape();
  let sent = "";
  for (const piece of pieces) {
    const { send, leave } = escape.feed(new TextEncoder().encode(piece));
    sent += new TextDecoder().decode(send);
    if (leave) return `${sent}!`;
  }
  return sent;
}

test.each([
  [["~."], "!"],
  [["ls\r~."], "ls\r!"],
  [["ls\r", "~", "."], "ls\r!"],
  [["\n~.more"], "\n!"],
  [["ls~."], "ls~."],
  [["a\r~~."], "a\r~."],
  [["a\r~b~."], "a\r~b~."],
  [["a\r~\r~."], "a\r~\r!"],
  [["a\r~"], "a\r"],
])("%j sends %j", (pieces, sent) => {
  expect(typed(...pieces)).toBe(sent);
});

test("without a tilde everything passes as it is, however it comes", () => {
  const piece = fc.uint8Array({ maxLength: 20 }).map((bytes) => bytes.filter((byte) => byte !== 0x7e));
  fc.assert(
    fc.property(fc.array(piece), (pieces) => {
      const escape = new Escape();
      const sent = pieces.flatMap((bytes) => [...escape.feed(bytes).send]);
      expect(sent).toEqual(pieces.flatMap((bytes) => [...bytes]));
    }),
  );
});

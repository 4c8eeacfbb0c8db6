import { expect, test } from "vitest";
import { redraw } from "../../../src/cli/output/redraw.ts";

function screen(rows: number): { terminal: { rows: number; write(text: string): void }; writes: string[] } {
  const writes: string[] = [];
  return { terminal: { rows, write: (text) => void writes.push(text) }, writes };
}

test("each frame takes the place of the one before, however long that was", () => {
  const { terminal, writes } = screen(24);
  const show = redraw(terminal);
  show("a\nb\nc\n");
  show("d\n");
  show("e\n");
  expect(writes).toEqual([
    "\x1b[J\x1b[?7la\nb\nc\n\x1b[?7h",
    "\x1b[3F\x1b[J\x1b[?7ld\n\x1b[?7h",
    "\x1b[1F\x1b[J\x1b[?7le\n\x1b[?7h",
  ]);
});

test("a frame is never higher than the terminal, also when that shrinks", () => {
  const { terminal, writes } = screen(4);
  const show = redraw(terminal);
  show("1\n2\n3\n");
  expect(writes.at(-1)).toContain("1\n2\n3\n");
  show("1\n2\n3\n4\n5\n");
  expect(writes.at(-1)).toBe("\x1b[3F\x1b[J\x1b[?7l1\n2\n… and 3 more lines\n\x1b[?7h");
});

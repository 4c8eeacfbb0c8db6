import { expect, test } from "vitest";
import { TerminalModes } from "../../../src/domain/terminal/modes.ts";

function after(...chunks: readonly string[]): string {
  const modes = new TerminalModes();
  for (const chunk of chunks) modes.feed(new TextEncoder().encode(chunk));
  return modes.restore();
}

test("what vim turned on is turned off, in whatever pieces it came", () => {
  const vim = "\x1b[?1049h\x1b[?1h\x1b[?2004hé~\x1b[?25l";
  const back = "\x1b[?1049l\x1b[?1l\x1b[?2004l\x1b[?25h\x1b[0m";
  expect(after(vim)).toBe(back);
  expect(after(...Array.from(vim))).toBe(back);
});

test("what the program undid itself is left alone, and so is what never was changed", () => {
  expect(after("\x1b[?1049h\x1b[?25l", "\x1b[?25h\x1b[?1049l")).toBe("");
  expect(after("\x1b[?1000;1006h")).toBe("\x1b[?1000l\x1b[?1006l\x1b[0m");
  expect(after("plain \x1b[31m text \x1b[?9999h")).toBe("");
});

test("a sequence without end costs nothing", () => {
  const modes = new TerminalModes();
  modes.feed(new TextEncoder().encode(`\x1b[?${"1".repeat(1_000_000)}`));
  modes.feed(new TextEncoder().encode("h"));
  expect(modes.restore()).toBe("");
});

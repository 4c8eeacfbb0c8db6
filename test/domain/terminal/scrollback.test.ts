import headless from "@xterm/headless";
import { expect, test } from "vitest";
import { withoutQueries } from "../../../src/domain/terminal/queries.ts";
import { Scrollback } from "../../../src/domain/terminal/scrollback.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const textOf = (output: Uint8Array): string => new TextDecoder().decode(output);

/** What a real terminal answers, and the last line that it shows. */
async function shown(output: Uint8Array): Promise<{ answers: string; line: string }> {
  const terminal = new headless.Terminal({ cols: 80, rows: 24, allowProposedApi: true });
  let answers = "";
  terminal.onData((data) => (answers += data));
  await new Promise<void>((resolve) => {
    terminal.write(output, resolve);
  });
  const { active } = terminal.buffer;
  const line = active.getLine(active.baseY + active.cursorY)?.translateToString(true) ?? "";
  terminal.dispose();
  return { answers, line };
}

test("what was fed in any pieces comes back", () => {
  const scrollback = new Scrollback(64 * 1024);
  const text = Array.from({ length: 2000 }, (_, index) => `line ${String(index)} é\r\n`).join("");
  for (let at = 0; at < bytes(text).length; at += 7) scrollback.feed(bytes(text).subarray(at, at + 7));
  expect(textOf(scrollback.replay())).toBe(text);
});

test("of a flood the last is kept, from a line's beginning on, with the modes that were set before", () => {
  const scrollback = new Scrollback(64 * 1024);
  scrollback.feed(bytes("\x1b[?1049h\x1b[?25l\x1b[?2004h"));
  for (let index = 0; index < 50_000; index++) scrollback.feed(bytes(`line ${String(index)} é\r\n`));
  const replay = textOf(scrollback.replay());
  expect(replay.startsWith("\x1b[?1049h\x1b[?25l\x1b[?2004hline ")).toBe(true);
  expect(replay.endsWith("line 49999 é\r\n")).toBe(true);
  expect(replay.length).toBeLessThan(90 * 1024);
});

const queries = ["[c", "[>c", "[=c", "[5n", "[6n", "[?6n", "[>q", "[?2026$p", "[18t", "[14t", "[21t", "Z"].map(
  (each) => `\x1b${each}`,
);
const strings = ["P$qm\x1b\\", "]10;?\x07", "]11;?\x1b\\", "]4;1;?\x07", "]52;c;?\x07"].map((each) => `\x1b${each}`);

test.each([...queries, ...strings])("%j is answered once, and not when it is shown again", async (query) => {
  const output = bytes(`before${query}after`);
  expect(await shown(withoutQueries(output))).toEqual({ answers: "", line: "beforeafter" });
});

test("what asks nothing stays as it is: colours, titles, a link, bytes that are no text", async () => {
  const harmless = bytes(
    "\x1b[1;31mred\x1b[0m\x1b]0;What now?\x07\x1b]8;;http://x/?q\x07x\x1b]8;;\x07\x1b[2J\x1b[?25h\x1b[8;24;80t",
  );
  expect(withoutQueries(harmless)).toEqual(harmless);
  const binary = Uint8Array.from({ length: 100_000 }, (_, index) => (index * 7) % 256).filter((byte) => byte !== 5);
  expect(withoutQueries(binary)).toEqual(binary);
  expect((await shown(bytes("\x1b[6n"))).answers).not.toBe("");
});

test("what is made to take long does not", () => {
  const before = process.cpuUsage();
  for (const part of ["\x1b]", "\x1b]1;", "\x1bP$q", "\x1b[", "\x1b[?", "\x1b]1;a;a;a;"]) {
    withoutQueries(bytes(part.repeat(300_000 / part.length)));
    withoutQueries(bytes(part + "1;".repeat(150_000)));
  }
  expect(process.cpuUsage(before).user / 1000).toBeLessThan(2000);
});

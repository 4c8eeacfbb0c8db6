import fc from "fast-check";
import { expect, test } from "vitest";
import { type InputEvent, InputParser } from "../../../src/tui/terminal/input.ts";

/** What comes of the pieces; what is left at the end is given up. */
function parsed(...pieces: readonly (string | Buffer)[]): string[] {
  const parser = new InputParser();
  const events = pieces.flatMap((piece) => parser.feed(typeof piece === "string" ? Buffer.from(piece) : piece));
  return [...events, ...(parser.patienceMs === undefined ? [] : parser.flush())].map(told);
}

function told(event: InputEvent): string {
  if (event.kind === "key") return event.key;
  if (event.kind === "paste") return `paste(${event.text})`;
  return `${event.action}(${event.column},${event.row})`;
}

test.each<[string, readonly (string | Buffer)[], readonly string[]]>([
  ["letters", ["jG:/ "], ["j", "G", ":", "/", "space"]],
  ["letters of other scripts, cut in their bytes", ["ä", "漢", "🎉"], ["ä", "漢", "🎉"]],
  ["Enter, Tab, Backspace", ["\r\t\x7f"], ["enter", "tab", "backspace"]],
  ["Ctrl", ["\x04\x1a\x0c"], ["C-d", "C-z", "C-l"]],
  ["arrows in both modes", ["\x1b[A\x1bOB"], ["up", "down"]],
  ["arrows with modifiers", ["\x1b[1;5C\x1b[1;2A"], ["C-right", "S-up"]],
  ["pages", ["\x1b[5~\x1b[6~\x1b[H\x1b[4~"], ["pageup", "pagedown", "home", "end"]],
  ["function keys", ["\x1bOP\x1b[15~"], ["f1", "f5"]],
  ["Shift-Tab", ["\x1b[Z"], ["S-tab"]],
  ["Alt", ["\x1bx"], ["M-x"]],
  ["Esc alone", ["\x1b"], ["escape"]],
  ["Esc twice", ["\x1b\x1b"], ["escape", "escape"]],
  ["Esc before a key's sequence", ["\x1b\x1b[A"], ["escape", "up"]],
  ["a sequence cut anywhere", ["\x1b", "[", "1;", "5", "C", "j"], ["C-right", "j"]],
  ["a paste is no keys", ["\x1b[200~q\rD y\x1b[201~j"], ["paste(q\rD y)", "j"]],
  ["a paste whose end is cut", ["\x1b[200~ab", "c\x1b[20", "1~j"], ["paste(abc)", "j"]],
  [
    "a press and the wheel",
    ["\x1b[<0;3;4M\x1b[<0;3;4m\x1b[<65;1;1M"],
    ["press(2,3)", "release(2,3)", "wheel-down(0,0)"],
  ],
  ["other buttons", ["\x1b[<2;3;4Mj"], ["j"]],
  ["what a terminal answers", ["\x1b]11;rgb:0/0/0\x07\x1bP1$r\x1b\\\x1b[?62;c\x1b[12;40Rj"], ["j"]],
  ["half a sequence at the end", ["j\x1b[1;"], ["j"]],
  ["bytes that are no text", [Buffer.from([0xff, 0xfe, 0x6a])], ["j"]],
])("%s", (_what, pieces, keys) => {
  expect(parsed(...pieces)).toEqual(keys);
});

test("a lone Esc waits 30 ms, the rest of a sequence longer", () => {
  const parser = new InputParser();
  parser.feed(Buffer.from("\x1b"));
  expect(parser.patienceMs).toBe(30);
  parser.feed(Buffer.from("["));
  expect(parser.patienceMs).toBe(500);
});

test("a paste of a megabyte is remembered in part, and the key after it is one", () => {
  const parser = new InputParser();
  const events = parser.feed(Buffer.from(`\x1b[200~${"x".repeat(1 << 20)}\x1b[201~j`));
  expect(events).toEqual([
    { kind: "paste", text: "x".repeat(1024) },
    { kind: "key", key: "j" },
  ]);
});

test("however the bytes are cut, the keys are the same", () => {
  const all = Buffer.from("j\x1b[A\x1bOB\x1b[200~q\x1b[201~漢\x1b[<0;3;4M\x1b[5~x\x1b[1;5C", "utf8");
  const whole = parsed(all);
  fc.assert(
    fc.property(fc.uniqueArray(fc.nat(all.length), { maxLength: 20 }), (cuts) => {
      const at = [0, ...cuts.sort((a, b) => a - b), all.length];
      const parser = new InputParser();
      const events = at.slice(1).flatMap((end, index) => parser.feed(all.subarray(at[index], end)));
      expect(events.map(told)).toEqual(whole);
    }),
  );
});

import xterm from "@xterm/headless";
import { expect, onTestFinished, test } from "vitest";
import { openCanvas } from "../../../src/tui/terminal/canvas.ts";
import type { Line } from "../../../src/tui/view/line.ts";

const rich = { colour: true, utf8: true, rich: true };

/** blessed drawn into a terminal that is one in all but glass. */
function screen(columns: number, rows: number, looks = rich) {
  const terminal = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true });
  onTestFinished(() => {
    terminal.dispose();
  });
  let sent = "";
  const canvas = openCanvas({ write: (text) => (sent += text), columns, rows, term: "xterm-256color", looks });
  return {
    canvas,
    terminal,
    /** What has been sent since the last look. */
    taken: () => {
      const text = sent;
      sent = "";
      return text;
    },
    shown: async () => {
      const text = sent;
      sent = "";
      await new Promise<void>((resolve) => {
        terminal.write(text, resolve);
      });
      const buffer = terminal.buffer.active;
      return Array.from({ length: rows }, (_, row) => buffer.getLine(row)?.translateToString(true).trimEnd() ?? "");
    },
  };
}

const plain = (...texts: string[]): Line[] => texts.map((text) => [{ text }]);

test("lines are where they belong, on the other screen", async () => {
  const { canvas, shown, terminal } = screen(20, 3);
  canvas.paint([[{ text: "web " }, { text: "running", tone: "good" }], [], [{ text: "foot", ground: "bar" }]]);
  expect(await shown()).toEqual(["web running", "", "foot"]);
  expect(terminal.buffer.active.type).toBe("alternate");
});

test("only what has changed is sent", async () => {
  const { canvas, shown, taken } = screen(80, 24);
  canvas.paint(plain(...Array.from({ length: 24 }, (_, row) => `row ${row} ${"x".repeat(60)}`)));
  await shown();
  canvas.paint(plain(...Array.from({ length: 24 }, (_, row) => `row ${row} ${"x".repeat(60)}`)));
  expect(taken()).toBe("");
  canvas.paint(plain(...Array.from({ length: 24 }, (_, row) => `row ${row} ${(row === 7 ? "y" : "x").repeat(60)}`)));
  expect(taken().length).toBeLessThan(160);
});

test("what somebody else has written is gone after a redraw, also where nothing has changed", async () => {
  const { canvas, shown, terminal } = screen(20, 3);
  canvas.paint(plain("web", "db", "foot"));
  await shown();
  await new Promise<void>((resolve) => {
    terminal.write("\x1b[2;1Hwall: reboot at 3", resolve);
  });
  canvas.paint(plain("web", "db", "foot"));
  expect((await shown())[1]).toBe("wall: reboot at 3");
  canvas.forget();
  canvas.paint(plain("web", "db", "foot"));
  expect(await shown()).toEqual(["web", "db", "foot"]);
  canvas.resize(10, 3);
  canvas.paint(plain("web", "db", "foot"));
  terminal.resize(10, 3);
  expect(await shown()).toEqual(["web", "db", "foot"]);
});

test("wide characters keep their row in order", async () => {
  const { canvas, shown } = screen(12, 2);
  canvas.paint(plain("漢字 web|", "e\u0301 |"));
  expect(await shown()).toEqual(["漢字 web|", "e\u0301 |"]);
  canvas.paint(plain("ab漢 web|", "x |"));
  expect(await shown()).toEqual(["ab漢 web|", "x |"]);
  canvas.paint(plain("abcd web|", "x |"));
  expect(await shown()).toEqual(["abcd web|", "x |"]);
});

test("a wide character that has half of its room at the edge is left out", async () => {
  const { canvas, shown } = screen(5, 1);
  canvas.paint(plain("abcd漢"));
  expect(await shown()).toEqual(["abcd"]);
});

test("text that would drive the terminal does not", async () => {
  const { canvas, shown, terminal } = screen(40, 3);
  let title = "";
  terminal.onTitleChange((text) => (title = text));
  canvas.paint(plain("a\x1b]0;hacked\x07b", "\x1b[2Jc\r\nd", "\x9b31me"));
  const lines = await shown();
  expect(title).toBe("");
  expect(lines).toEqual(["a]0;hackedb", "[2Jcd", "31me"]);
});

test("without UTF-8 nothing but ASCII is sent", () => {
  const { canvas, taken } = screen(30, 2, { ...rich, utf8: false });
  canvas.paint([[{ text: "● web │ ─ … 漢", tone: "good" }], []]);
  // oxlint-disable-next-line eslint-js/no-control-regex -- control characters are the subject here
  expect(taken()).toMatch(/^[\x00-\x7f]*$/);
});

test("without colour nothing is told by a colour", async () => {
  const { canvas, taken } = screen(30, 2, { ...rich, colour: false });
  taken();
  canvas.paint([[{ text: "bad", tone: "bad" }], [{ text: "cursor", ground: "cursor" }]]);
  // oxlint-disable-next-line eslint-js/no-control-regex -- control characters are the subject here
  expect(taken()).not.toMatch(/\x1b\[[\d;]*(3[0-7]|9[0-7]|38|48)[\d;]*m/);
});

test("after a change of the size everything is there", async () => {
  const { canvas, shown, terminal } = screen(20, 3);
  canvas.paint(plain("one", "two", "three"));
  await shown();
  terminal.resize(30, 3);
  canvas.resize(30, 3);
  canvas.paint(plain("one", "two", "three is longer than it was"));
  expect(await shown()).toEqual(["one", "two", "three is longer than it was"]);
});

test("blessed leaves no handler of its own for signals and ends", () => {
  const names = ["SIGINT", "SIGTERM", "SIGQUIT", "exit", "uncaughtException"];
  const count = (): number[] => names.map((name) => process.listenerCount(name));
  const before = count();
  screen(20, 3);
  expect(count()).toEqual(before);
});

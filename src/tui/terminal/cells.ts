import { graphemes, graphemeWidth } from "../view/text.ts";
import type { Line, Span } from "../view/line.ts";

/** A place on the screen: how it looks (blessed's attribute) and what stands there; "" behind a wide character. */
export type Cell = readonly [look: number, text: string];

export interface CellLooks {
  /** Colours at all. */
  readonly colour: boolean;
  /** Anything beyond ASCII. */
  readonly utf8: boolean;
  /** The shades of grey and the bright colours that 8-colour consoles do not have. */
  readonly rich: boolean;
}

/** The cells of a line, exactly as many as the screen is wide; none of them holds a control character. */
export function cellsOf(line: Line, columns: number, looks: CellLooks): Cell[] {
  const cells: Cell[] = [];
  let last = attribute({ text: "" }, looks);
  for (const span of line) {
    const look = attribute(span, looks);
    if (span.ground) last = look;
    for (const text of graphemes(span.text)) {
      // Views have made control characters visible; nothing else may drive the terminal if one has forgotten to.
      if (control.test(text)) continue;
      const shown = looks.utf8 ? text : (ascii[text] ?? (/^[ -~]$/.test(text) ? text : "?"));
      const width = looks.utf8 ? graphemeWidth(shown) : shown.length;
      if (width === 0) continue;
      // No half of a wide character.
      if (cells.length + width > columns) return filled(cells, columns, last);
      if (!looks.utf8) for (const character of shown) cells.push([look, character]);
      else {
        cells.push([look, shown]);
        for (let more = 1; more < width; more += 1) cells.push([look, ""]);
      }
    }
  }
  return filled(cells, columns, last);
}

function filled(cells: Cell[], columns: number, look: number): Cell[] {
  while (cells.length < columns) cells.push([look, " "]);
  return cells;
}

// oxlint-disable-next-line eslint-js/no-control-regex -- control characters are the subject here
const control = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/;

const standard = 0x1ff;
const [bold, underline, inverse] = [1, 2, 8];

const colours: Readonly<Record<NonNullable<Span["tone"]>, number>> = {
  plain: standard,
  good: 2,
  bad: 9,
  warn: 3,
  dim: 8,
  strong: standard,
  accent: 6,
  key: 6,
  hue0: 6,
  hue1: 5,
  hue2: 4,
  hue3: 14,
  hue4: 13,
  hue5: 12,
};

/** The same on a dark ground. */
const bright: Readonly<Record<NonNullable<Span["tone"]>, number>> = {
  plain: 252,
  good: 114,
  bad: 210,
  warn: 222,
  dim: 246,
  strong: 231,
  accent: 117,
  key: 117,
  hue0: 117,
  hue1: 176,
  hue2: 111,
  hue3: 123,
  hue4: 183,
  hue5: 147,
};

const grounds = { cursor: 24, bar: 236, mark: 58, box: 235 } as const;

function attribute({ tone = "plain", ground }: Span, { colour, rich }: CellLooks): number {
  const weight = tone === "strong" || tone === "key" || tone === "bad" || ground === "cursor" ? bold : 0;
  if (!colour || !rich) {
    const flags = weight | (ground === undefined || ground === "box" ? 0 : ground === "mark" ? underline : inverse);
    const plain = !colour || ground !== undefined || tone === "dim";
    return pack(flags, plain ? standard : colours[tone] % 8 === 7 ? standard : basic(colours[tone]), standard);
  }
  if (ground !== undefined) return pack(weight, bright[tone], grounds[ground]);
  return pack(weight, colours[tone], standard);
}

/** One of eight. */
function basic(colour: number): number {
  return colour === standard ? standard : colour % 8;
}

function pack(flags: number, foreground: number, ground: number): number {
  return (flags << 18) | (foreground << 9) | ground;
}

/** Where a terminal has no UTF-8. */
const ascii: Readonly<Record<string, string>> = {
  "●": "*",
  "○": "o",
  "◐": "%",
  "✗": "x",
  "✓": "v",
  "▲": "^",
  "▼": "v",
  "▸": ">",
  "▌": "|",
  "│": "|",
  "─": "-",
  "┄": "-",
  "┌": "+",
  "┐": "+",
  "└": "+",
  "┘": "+",
  "├": "+",
  "┤": "+",
  "┬": "+",
  "┴": "+",
  "…": ".",
  "·": ".",
  "→": ">",
  "←": "<",
  "↑": "^",
  "↓": "v",
  "↵": "Enter",
  "█": "#",
  "░": ".",
  "≠": "!",
  "“": '"',
  "”": '"',
  "’": "'",
};

import type { Line, Span } from "./line.ts";
import { cut, fit, graphemes, graphemeWidth, width } from "./text.ts";

export function lineWidth(line: Line): number {
  return line.reduce((sum, { text }) => sum + width(text), 0);
}

/** Exactly so wide: cut off, or filled with blanks of the ground given. */
export function fitLine(line: Line, columns: number, ground?: Span["ground"]): Line {
  const spans: Span[] = [];
  let room = columns;
  for (const span of line) {
    if (room <= 0) break;
    const text = width(span.text) <= room ? span.text : fit(span.text, room);
    spans.push({ ...span, text, ground: span.ground ?? ground });
    room -= width(text);
  }
  return room > 0 ? [...spans, { text: " ".repeat(room), ground }] : spans;
}

/** What stands left, and right as far as there is room; the left goes first when there is none for both. */
export function apart(left: Line, right: Line, columns: number, ground?: Span["ground"]): Line {
  const room = columns - lineWidth(right);
  return room < Math.min(lineWidth(left), 20)
    ? fitLine(left, columns, ground)
    : fitLine([...fitLine(left, room, ground), ...right], columns, ground);
}

/** With another line laid over it, from that column on. */
export function lay(line: Line, over: Line, column: number, columns: number): Line {
  const whole = fitLine(line, columns);
  return [...before(whole, column), ...over, ...after(whole, column + lineWidth(over))];
}

function before(line: Line, column: number): Line {
  const spans: Span[] = [];
  let room = column;
  for (const span of line) {
    if (room <= 0) break;
    const text = cut(span.text, room);
    spans.push({ ...span, text });
    room -= width(text);
    if (text !== span.text) break;
  }
  return room > 0 ? [...spans, { text: " ".repeat(room) }] : spans;
}

function after(line: Line, column: number): Line {
  const spans: Span[] = [];
  let at = 0;
  for (const span of line) {
    let text = "";
    for (const each of graphemes(span.text)) {
      const next = at + graphemeWidth(each);
      // Of a wide character that is half covered a blank is left.
      if (at >= column) text += each;
      else if (next > column) text += " ";
      at = next;
    }
    if (text !== "") spans.push({ ...span, text });
  }
  return spans;
}

/** Lines no wider than `columns`, broken at blanks where there are some. */
export function wrapped(text: string, columns: number): readonly string[] {
  const room = Math.max(4, columns);
  const lines: string[] = [];
  for (const paragraph of text.split("\n")) {
    let rest = paragraph;
    do {
      if (width(rest) <= room) {
        lines.push(rest);
        break;
      }
      const piece = cut(rest, room);
      const blank = piece.lastIndexOf(" ");
      const end = blank > room / 3 ? blank : piece.length;
      lines.push(rest.slice(0, end));
      rest = rest.slice(end).trimStart();
    } while (rest !== "");
  }
  return lines;
}

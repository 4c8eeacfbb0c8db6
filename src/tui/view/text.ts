import stringWidth from "string-width";
import { visible } from "../../domain/text.ts";

const segmenter = new Intl.Segmenter(undefined, { granularity: "grapheme" });
/** Characters that stand alone and are one column wide, the signs and lines that views draw among them: most there is. */
const plainText = /^[ -~\u00a1-\u00ac\u00ae-\u02ff\u2010-\u2027\u2190-\u21ff\u2260\u2500-\u25fc\u2713\u2717]*$/;

/** What a reader takes for one character each: an accent stays with its letter, a flag is one. */
export function* graphemes(text: string): Generator<string> {
  if (plainText.test(text)) yield* text;
  else for (const { segment } of segmenter.segment(text)) yield segment;
}

/** Columns that one grapheme takes: 0, 1 or 2. */
export function graphemeWidth(grapheme: string): number {
  if (grapheme.length === 1 && plainText.test(grapheme)) return 1;
  return Math.min(2, stringWidth(grapheme));
}

/** Columns that a text takes. */
export function width(text: string): number {
  if (plainText.test(text)) return text.length;
  let columns = 0;
  for (const each of graphemes(text)) columns += graphemeWidth(each);
  return columns;
}

/** As much of the text as is no wider than `columns`. */
export function cut(text: string, columns: number): string {
  if (plainText.test(text)) return text.slice(0, Math.max(0, columns));
  let taken = "";
  let room = columns;
  for (const each of graphemes(text)) {
    room -= graphemeWidth(each);
    if (room < 0) break;
    taken += each;
  }
  return taken;
}

/** Exactly `columns` wide: filled up with blanks, or shortened with `…`. */
export function fit(text: string, columns: number, align: "left" | "right" = "left"): string {
  if (columns <= 0) return "";
  const shown = width(text) <= columns ? text : `${cut(text, columns - 1)}…`;
  const blanks = " ".repeat(Math.max(0, columns - width(shown)));
  return align === "left" ? shown + blanks : blanks + shown;
}

/** Text of a node: a tab is a blank, every other control character is shown. */
export function safe(text: string): string {
  return plainText.test(text) ? text : visible(text.replaceAll("\t", " "));
}

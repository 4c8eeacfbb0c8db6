import type { SourceEntry, SourceNode, SourceScalar } from "../../../domain/config/document/document.ts";
import type { Quotes, DocumentStyle } from "./render.ts";

export interface Document {
  readonly text: string;
  readonly root: SourceNode;
  readonly json: boolean;
  /** Of the whole, before a part of the edit may have taken its last line end away. */
  readonly eol: string;
}

/** The style of new text inside `container`: as its own last entries have it, else as the document has it. */
export function styleFor({ text, root, json, eol }: Document, container: SourceNode): DocumentStyle {
  const near = [container, root].flatMap((node) => lastFirst(node));
  const entries = near.flatMap((node) => (node.kind === "map" ? node.entries.toReversed() : []));
  const gaps = entries.map((entry) => text.slice(entry.keyEnd, entry.value.start));
  const unit = indentUnit(text);
  return {
    json,
    colon: gaps.find((gap) => /^[ \t]*:[ \t]*$/.test(gap)) ?? ": ",
    comma: near.map((node) => inlineComma(text, node)).find((comma) => comma !== undefined) ?? ", ",
    breakable: root.kind !== "scalar" && root.style === "flow" && /[\r\n]/.test(text.trim()),
    keyQuotes: quotesOf(entries[0]?.keyStyle) ?? "none",
    valueQuotes: stringQuotes(lastFirst(container)) ?? stringQuotes(near) ?? "none",
    unit,
    listShift: listShift(text, near) ?? unit,
    eol,
  };
}

export function eolOf(text: string): string {
  return text.includes("\r\n") ? "\r\n" : "\n";
}

/** As the scalar that is replaced was written, where it was a string. */
export function quotesOf(style: SourceScalar["style"] | undefined): Quotes | undefined {
  if (style === "plain") return "none";
  return style === "single" || style === "double" ? style : undefined;
}

/** A node and everything in it, the last parts first; the beginning of a large document is enough. */
function lastFirst(node: SourceNode, found: SourceNode[] = []): SourceNode[] {
  if (found.length > 200) return found;
  found.push(node);
  const children =
    node.kind === "map" ? node.entries.map(({ value }) => value) : node.kind === "list" ? node.items : [];
  for (const child of children.toReversed()) lastFirst(child, found);
  return found;
}

/** The quotes of the strings if all have some, else none; undefined without strings. An empty one has no choice. */
function stringQuotes(nodes: readonly SourceNode[]): Quotes | undefined {
  const strings = nodes.filter((node) => node.kind === "scalar" && typeof node.value === "string" && node.value !== "");
  const quotes = strings.map((node) => quotesOf((node as SourceScalar).style) ?? "none");
  return quotes.includes("none") ? "none" : quotes[0];
}

function inlineComma(text: string, node: SourceNode): string | undefined {
  if (node.kind === "scalar" || node.style !== "flow") return undefined;
  const spans = node.kind === "map" ? node.entries.map(spanOf) : node.items;
  const [before, last] = spans.slice(-2);
  const gap = before === undefined || last === undefined ? "" : text.slice(before.end, last.start);
  return /^,[ \t]*$/.test(gap) ? gap : undefined;
}

export function spanOf(entry: SourceEntry): { start: number; end: number } {
  return { start: entry.keyStart, end: entry.value.end };
}

/** The smallest indentation of any line; two spaces when nothing is indented. */
function indentUnit(text: string): string {
  const indents = [...text.matchAll(/^([ \t]+)[^\s#*]/gm)].map((match) => match[1] ?? "");
  return indents.reduce((least, indent) => (least === "" || indent.length < least.length ? indent : least), "") || "  ";
}

function listShift(text: string, nodes: readonly SourceNode[]): string | undefined {
  for (const node of nodes) {
    if (node.kind !== "map" || node.style !== "block") continue;
    for (const { keyStart, value } of node.entries) {
      if (value.kind !== "list" || value.style !== "block") continue;
      return " ".repeat(columnOf(text, value.start) - columnOf(text, keyStart));
    }
  }
  return undefined;
}

/** 0-based. */
export function columnOf(text: string, offset: number): number {
  return offset - lineStart(text, offset);
}

export function lineStart(text: string, offset: number): number {
  return Math.max(text.lastIndexOf("\n", offset - 1), text.lastIndexOf("\r", offset - 1)) + 1;
}

/** Offset of the line's end, before its line break. */
export function lineEnd(text: string, offset: number): number {
  const end = text.slice(offset).search(/[\r\n]/);
  return end === -1 ? text.length : offset + end;
}

/** The white space that the line of an offset begins with. */
export function indentAt(text: string, offset: number): string {
  return /^[ \t]*/.exec(text.slice(lineStart(text, offset), offset))?.[0] ?? "";
}

/** The end of a span less the line breaks and blanks that a block scalar ends with. */
export function withoutLineBreak(text: string, start: number, end: number): number {
  return start + text.slice(start, end).trimEnd().length;
}

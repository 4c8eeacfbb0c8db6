import type { SourceList, SourceMap, SourceNode } from "../../../domain/config/document/document.ts";
import { renderBlockLines, renderBlockValue, renderInline, renderScalar, type DocumentStyle } from "./render.ts";
import type { Splice } from "./splice.ts";
import { columnOf, lineEnd, lineStart, withoutLineBreak } from "./style.ts";

type Container = SourceMap | SourceList;

/** A new last entry (or item, when `key` is undefined) of a block collection. */
export function insertIntoBlock(
  text: string,
  container: Container,
  { key, value }: { key: string | undefined; value: unknown },
  style: DocumentStyle,
): Splice[] {
  const indent = " ".repeat(columnOf(text, container.start));
  const flow = siblingsAreFlow(container) && typeof value === "object" && value !== null;
  const rendered =
    key === undefined
      ? `- ${flow ? renderInline(value, style) : renderBlockLines(value, `${indent}  `, style)}`
      : renderScalar(key, style.keyQuotes, style.json, false) +
        (flow ? `: ${renderInline(value, style)}` : `:${renderBlockValue(value, indent, style)}`);
  return [appendLines(text, container, indent + rendered, style.eol)];
}

/** Lines, indented and without a line break at their end, after the last ones of a block collection. */
export function appendLines(text: string, { end }: Container, lines: string, eol: string): Splice {
  if (end === lineStart(text, end)) return { start: end, end, text: lines + eol };
  const at = lineEnd(text, end);
  return { start: at, end: at, text: eol + lines };
}

/** Whether a new row should be `{…}` or `[…]`: as the last one of a list is, as all others of an object are. */
function siblingsAreFlow(container: Container): boolean {
  const values = container.kind === "map" ? container.entries.map(({ value }) => value) : container.items;
  const filled = values.flatMap((value) =>
    value.kind === "scalar" || value.alias !== undefined || value.end <= value.start + 2 ? [] : [value.style],
  );
  if (container.kind === "list") return filled.at(-1) === "flow";
  return filled.length > 0 && !filled.includes("block");
}

/** Where a value stands in its block collection. */
export interface BlockPlace {
  readonly node: SourceNode;
  /** Offset after the colon or dash. */
  readonly after: number;
  /** Column of the key or dash. */
  readonly column: number;
  readonly item: boolean;
}

/** A value in the place of another one in a block collection. */
export function replaceInBlock(text: string, place: BlockPlace, value: unknown, style: DocumentStyle): Splice[] {
  const { node, after } = place;
  const indent = " ".repeat(place.column);
  const collection = typeof value === "object" && value !== null && Object.keys(value).length > 0;
  const wasFlow = node.kind !== "scalar" && node.style === "flow";
  const wasInline = wasFlow || (node.kind === "scalar" && node.style !== "literal" && node.style !== "folded");
  if (wasInline && (!collection || wasFlow) && node.end > node.start) {
    return [{ start: node.start, end: node.end, text: renderInBlock(value, style, wasFlow) }];
  }
  const rendered = place.item
    ? ` ${renderBlockLines(value, `${indent}  `, style)}`
    : renderBlockValue(value, indent, style);
  const comment = /^[ \t]*#[^\r\n]*/.exec(text.slice(after, node.start))?.[0] ?? "";
  const end = withoutLineBreak(text, after, node.end);
  return [{ start: after, end, text: collection && !place.item ? comment + rendered : rendered + comment }];
}

function renderInBlock(value: unknown, style: DocumentStyle, flow: boolean): string {
  return flow ? renderInline(value, style) : renderBlockLines(value, "", style);
}

/** Takes an entry or item out of a block collection that has others, with its lines. */
export function deleteFromBlock(text: string, container: Container, index: number): Splice[] {
  const starts = container.kind === "map" ? container.entries.map(({ keyStart }) => keyStart) : container.dashes;
  const values = container.kind === "map" ? container.entries.map(({ value }) => value) : container.items;
  const start = starts[index];
  const value = values[index];
  if (start === undefined || value === undefined) return [];
  const from = lineStart(text, start);
  const endsAtLineStart = value.end === lineStart(text, value.end);
  const contentEnd = endsAtLineStart ? value.end : lineEnd(text, value.end);
  if (text.slice(from, start).trim() !== "") return [pullUp(text, start, contentEnd, starts[index + 1])];
  const end = afterLineBreak(text, contentEnd);
  // The last line of a file without a line break at its end takes the one before it along.
  const own = endsAtLineStart || end > contentEnd;
  return [{ start: own ? from : beforeLineBreak(text, from), end, text: "" }];
}

/** The first of its collection stands behind the dash of an item (`- a: 1`): the next one takes its place. */
function pullUp(text: string, start: number, end: number, next: number | undefined): Splice {
  if (next !== undefined && text.slice(end, next).trim() === "") return { start, end: next, text: "" };
  return { start, end: withoutLineBreak(text, start, end), text: "" };
}

function afterLineBreak(text: string, offset: number): number {
  return offset + (/^(?:\r\n|\r|\n)/.exec(text.slice(offset, offset + 2))?.[0].length ?? 0);
}

function beforeLineBreak(text: string, offset: number): number {
  return offset - (/(?:\r\n|\r|\n)$/.exec(text.slice(0, offset))?.[0].length ?? 0);
}

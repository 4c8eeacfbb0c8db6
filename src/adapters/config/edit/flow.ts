import type { SourceList, SourceMap } from "../../../domain/config/document/document.ts";
import { renderBroken, renderFitting, renderFlowEntry, renderInline, type DocumentStyle } from "./render.ts";
import type { Splice } from "./splice.ts";
import { indentAt, lineEnd, lineStart, spanOf } from "./style.ts";

type Container = SourceMap | SourceList;

/** A new last entry (or item, when `key` is undefined) of a flow collection. */
export function insertIntoFlow(
  text: string,
  container: Container,
  added: { key: string | undefined; value: unknown },
  style: DocumentStyle,
): Splice[] {
  const last = spansOf(container).at(-1);
  if (last === undefined) return insertIntoEmpty(text, container, added, style);

  const ownLine = text.slice(lineStart(text, last.start), last.start).trim() === "";
  const comma = commaAfter(text, last.end, container.end);
  const after = comma === undefined ? last.end : comma + 1;
  const indent = indentAt(text, ownLine ? last.start : last.end - 1);
  const rendered = render(text, container, added, indent, { ...style, breakable: style.breakable || ownLine });
  if (!ownLine) {
    const separator = comma === undefined ? style.comma : style.comma.slice(1);
    return [{ start: after, end: after, text: separator + rendered }];
  }
  const rest = lineEnd(text, after);
  const closes = !/^[ \t]*(?:#.*)?$/.test(text.slice(after, rest));
  const at = closes ? after : rest;
  return [
    ...(comma === undefined ? [{ start: last.end, end: last.end, text: "," }] : []),
    { start: at, end: at, text: style.eol + indentAt(text, last.start) + rendered },
  ];
}

function insertIntoEmpty(
  text: string,
  container: Container,
  added: { key: string | undefined; value: unknown },
  style: DocumentStyle,
): Splice[] {
  const inner = { start: container.start + 1, end: container.end - 1 };
  const indent = indentAt(text, container.start);
  const rendered = render(text, container, added, indent, style);
  if (text.slice(inner.start, inner.end).trim() !== "") return [{ ...inner, start: inner.end, text: rendered }];
  if (!style.breakable || container.start > indent.length) return [{ ...inner, text: rendered }];
  return [{ ...inner, text: `${style.eol}${style.unit}${rendered}${style.eol}` }];
}

function render(
  text: string,
  container: Container,
  { key, value }: { key: string | undefined; value: unknown },
  indent: string,
  style: DocumentStyle,
): string {
  const rendered = renderFlowValue(value, indent, style, siblingsAreBroken(text, container));
  return key === undefined ? rendered : renderFlowEntry(key, rendered, style);
}

/** A value for a flow collection; `broken` puts a collection on several lines even if it is short. */
export function renderFlowValue(value: unknown, indent: string, style: DocumentStyle, broken: boolean): string {
  if (!style.breakable) return renderInline(value, style);
  return broken ? renderBroken(value, indent, style) : renderFitting(value, indent, style);
}

/** Whether the collections beside a new value take several lines each, so that it should too. */
function siblingsAreBroken(text: string, container: Container): boolean {
  const values = container.kind === "map" ? container.entries.map(({ value }) => value) : container.items;
  const sibling = values.findLast(({ kind }) => kind === container.kind || container.kind === "list");
  return sibling !== undefined && sibling.kind !== "scalar" && /[\r\n]/.test(text.slice(sibling.start, sibling.end));
}

/** Takes an entry or item out of a flow collection, with the comma that it no longer needs. */
export function deleteFromFlow(text: string, container: Container, index: number): Splice[] {
  const spans = spansOf(container);
  const span = spans[index];
  if (span === undefined) return [];
  const comma = commaAfter(text, span.end, container.end);
  const next = spans[index + 1];
  if (next !== undefined && comma !== undefined) {
    if (text.slice(span.end, next.start).includes("#")) return [{ start: span.start, end: comma + 1, text: "" }];
    return [{ start: span.start, end: next.start, text: "" }];
  }
  const end = comma === undefined ? span.end : comma + 1;
  const before = spans[index - 1];
  if (before === undefined) {
    const inner = text.slice(container.start + 1, span.start) + text.slice(end, container.end - 1);
    if (inner.trim() === "") return [{ start: container.start + 1, end: container.end - 1, text: "" }];
    return [{ start: span.start, end, text: "" }];
  }
  const commaBefore = commaAfter(text, before.end, container.end) ?? before.end;
  const removed = { start: commaBefore, end: commaBefore + 1, text: "" };
  const gap = text.slice(commaBefore + 1, span.start);
  if (gap.includes("#")) return [removed, { start: span.start, end, text: "" }];
  return [{ ...removed, end }];
}

/** Offset of the comma that follows, past white space and comments. */
function commaAfter(text: string, from: number, end: number): number | undefined {
  const gap = /(?:\s|(?<=\s)#[^\r\n]*)*/y;
  gap.lastIndex = from;
  gap.exec(text);
  return gap.lastIndex < end && text[gap.lastIndex] === "," ? gap.lastIndex : undefined;
}

function spansOf(container: Container): readonly { start: number; end: number }[] {
  return container.kind === "map" ? container.entries.map(spanOf) : container.items;
}

import type { SourceNode, SourceScalar } from "../../domain/config/document/document.ts";

/**
 * The value of a plain scalar. A number stays a string unless it is written the one way JavaScript would write it,
 * so that `0123` and a 30-digit token keep every digit.
 */
export function resolvePlain(source: string): SourceScalar["value"] {
  if (/^(?:~|null|Null|NULL|)$/.test(source)) return null;
  if (/^(?:true|True|TRUE)$/.test(source)) return true;
  if (/^(?:false|False|FALSE)$/.test(source)) return false;
  const number = /^-?[0-9]/.test(source) ? Number(source) : NaN;
  return String(number) === source ? number : source;
}

/** Where in the text the character at `offset` of a string scalar's value stands; the scalar's start when unknown. */
export function sourceOffset(text: string, node: SourceNode, offset: number): number {
  if (node.kind !== "scalar" || typeof node.value !== "string" || node.alias !== undefined) return node.start;
  const source = text.slice(node.start, node.end);
  if (/[\r\n]/.test(source)) return node.start;
  switch (node.style) {
    case "plain":
      return node.start + offset;
    case "single":
      return node.start + 1 + unitLengths(source.slice(1), /''|[^]/g, offset);
    case "double":
      return node.start + 1 + unitLengths(source.slice(1), /\\(?:x..|u....|U.{8}|[^])|[^]/g, offset);
    default:
      return node.start;
  }
}

/** How many characters of source the first `count` units of the value take. */
function unitLengths(source: string, unit: RegExp, count: number): number {
  let length = 0;
  for (let index = 0; index < count; index++) {
    length += unit.exec(source)?.[0].length ?? 0;
  }
  return length;
}

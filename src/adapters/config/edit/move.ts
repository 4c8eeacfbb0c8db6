import type { SourceMap } from "../../../domain/config/document/document.ts";
import { appendLines, deleteFromBlock } from "./block.ts";
import type { Splice } from "./splice.ts";
import { columnOf, eolOf, lineStart } from "./style.ts";

/**
 * Moves an entry with its own lines, and the comments right above it, to the end of another object in block style,
 * indented as that one is. Undefined where it has no lines of its own, or they cannot be indented so.
 */
export function moveLines(text: string, source: SourceMap, index: number, target: SourceMap): Splice[] | undefined {
  const entry = source.entries[index];
  const [removed, ...more] = deleteFromBlock(text, source, index);
  if (entry === undefined || removed === undefined || more.length > 0 || source.entries.length === 1) return undefined;
  const ownStart = lineStart(text, entry.keyStart);
  if (text.slice(ownStart, entry.keyStart).trim() !== "") return undefined;
  const start = commentsAbove(text, entry.keyStart, source.entries[index - 1]?.value.end ?? source.start);
  const indent = columnOf(text, entry.keyStart);
  const lines = text.slice(start, removed.end).replace(/(?:\r\n|\r|\n)$/, "");
  const indented = indentedFrom(lines, indent, columnOf(text, target.start));
  if (indented === undefined) return undefined;
  return [{ ...removed, start: removed.start - (ownStart - start) }, appendLines(text, target, indented, eolOf(text))];
}

/** Where the comments begin that stand right above an entry, as far to the right as it does; else its own line. */
function commentsAbove(text: string, keyStart: number, notBefore: number): number {
  let start = lineStart(text, keyStart);
  for (;;) {
    const above = lineStart(text, start - 1);
    const indent = /^[ ]*(?=#)/.exec(text.slice(above, start))?.[0].length;
    if (start === 0 || above < notBefore || indent !== columnOf(text, keyStart)) return start;
    start = above;
  }
}

function indentedFrom(lines: string, from: number, to: number): string | undefined {
  const before = " ".repeat(from);
  const filled = lines.match(/^.*\S.*$/gm) ?? [];
  if (!filled.every((line) => line.startsWith(before))) return undefined;
  return lines.replace(/^.*\S.*$/gm, (line) => " ".repeat(to) + line.slice(from));
}

import { findNode, type SourceNode } from "../../domain/config/document/document.ts";
import { formatPath } from "../../domain/config/document/path.ts";
import { maxProblems, type Finding } from "../../domain/config/findings/problem.ts";
import type { ConfigProblem } from "../../domain/config/types.ts";
import { sourceOffset } from "./scalar.ts";

/** The first `maxProblems` findings with file, line and column, in the order of the text. */
export function locate(findings: readonly Finding[], file: string, text: string, root: SourceNode): ConfigProblem[] {
  const lines = lineStarts(text);
  return findings
    .map((finding) => ({ finding, offset: offsetOf(finding, text, root) }))
    .sort((a, b) => a.offset - b.offset)
    .slice(0, maxProblems)
    .map(({ finding, offset }) => ({
      severity: finding.severity,
      file,
      ...lineAndColumn(lines, offset),
      path: formatPath(finding.path),
      message: finding.message + otherLine(finding, lines, text, root),
    }));
}

/** 1-based line and column of an offset; a column counts UTF-16 units, as editors and language servers do. */
export function positionAt(text: string, offset: number): { line: number; column: number } {
  return lineAndColumn(lineStarts(text), offset);
}

function otherLine({ other }: Finding, lines: readonly number[], text: string, root: SourceNode): string {
  if (other === undefined) return "";
  const offset = offsetOf({ severity: "error", path: other, message: "" }, text, root);
  return ` (the other one is on line ${lineAndColumn(lines, offset).line})`;
}

/** Where a finding points: what it is about, or the nearest thing around it that the text has. */
function offsetOf(finding: Finding, text: string, root: SourceNode): number {
  for (let length = finding.path.length; length >= 0; length--) {
    const found = findNode(root, finding.path.slice(0, length));
    if (found === undefined) continue;
    const exact = length === finding.path.length;
    if (exact && finding.atKey === true && found.entry !== undefined) return found.entry.keyStart;
    if (exact && finding.offset !== undefined) return sourceOffset(text, found.node, finding.offset);
    return found.node.start;
  }
  return root.start;
}

function lineStarts(text: string): number[] {
  const starts = [0];
  for (const match of text.matchAll(/\r\n|\r|\n/g)) starts.push(match.index + match[0].length);
  return starts;
}

function lineAndColumn(starts: readonly number[], offset: number): { line: number; column: number } {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((starts[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return { line: low + 1, column: offset - (starts[low] ?? 0) + 1 };
}

import type { ExecRow } from "../../app/exec.ts";
import { foldNames } from "../../domain/exec/fold-names.ts";
import { plural, visible } from "../../domain/text.ts";
import { type Style, tint } from "../text/style.ts";

/**
 * Nodes with the same output and end stand together under one heading, the largest group first. What came on stderr
 * follows stdout, marked with `!`.
 */
export function foldedView(result: { nodes: readonly ExecRow[] }, style: Style): string {
  const groups = new Map<string, ExecRow[]>();
  for (const row of result.nodes) {
    if (row.status === "unreached") continue;
    const key = JSON.stringify([row.status, row.code, row.stdout, row.stderr]);
    const group = groups.get(key);
    if (group) group.push(row);
    else groups.set(key, [row]);
  }
  return [...groups.values()]
    .sort((a, b) => b.length - a.length)
    .map((rows) => block(rows, style))
    .join("");
}

/** What a dry run would do, a line for each node. */
export function plannedView(result: { nodes: readonly ExecRow[] }): string {
  return result.nodes.map((row) => `${row.node}: would run: ${visible(row.wouldRun ?? "")}\n`).join("");
}

/** What an interruption left done, as a sentence. */
export function finishedText(rows: readonly ExecRow[]): string {
  const finished = rows.filter((row) => row.code !== null).map((row) => row.node);
  return finished.length === 0 ? "No node had finished." : `Finished before the interruption: ${foldNames(finished)}.`;
}

function block(rows: readonly ExecRow[], style: Style): string {
  const [row] = rows;
  if (!row) return "";
  const names = foldNames(rows.map(({ node }) => node));
  const count = rows.length === 1 ? "" : ` (${plural(rows.length, "node")})`;
  const heading = tint(style, row.status === "ok" ? "strong" : "bad", `── ${names}${count}: ${ended(row)}`);
  const cut = row.truncated ? `${tint(style, "dim", "[the beginning was cut]")}\n` : "";
  return `${heading}\n${cut}${body(row.stdout, "", style)}${body(row.stderr, tint(style, "warn", "! "), style)}`;
}

function ended({ status, code }: ExecRow): string {
  return code === null ? status : `exit code ${code}`;
}

function body(text: string, mark: string, style: Style): string {
  if (text === "") return "";
  const show = Number.isFinite(style.width)
    ? (line: string) => visible(line.replace(/\r$/, ""))
    : (line: string) => line;
  return text
    .replace(/\n$/, "")
    .split("\n")
    .map((line) => `${mark}${show(line)}\n`)
    .join("");
}

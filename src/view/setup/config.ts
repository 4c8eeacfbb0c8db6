import type { ConfigProblem } from "../../domain/config/types.ts";
import { visible } from "../../domain/text.ts";
import { type Style, tint } from "../text/style.ts";
import { wrap } from "../text/wrap.ts";

/** `FILE:LINE:COLUMN: error: PATH: MESSAGE`, which editors and terminals make a link of; or that all is well. */
export function problemsView(
  { file, problems }: { file: string; problems: readonly ConfigProblem[] },
  style: Style,
): string {
  if (problems.length === 0) return `${visible(file)}: no problems\n`;
  return problems.map((problem) => problemLine(problem, style)).join("");
}

function problemLine({ file, line, column, severity, path, message }: ConfigProblem, style: Style): string {
  const kind = tint(style, severity === "error" ? "bad" : "warn", severity);
  const about = path === "" ? "" : `${tint(style, "strong", visible(path))}: `;
  const text = `${visible(file)}:${line}:${column}: ${kind}: ${about}${visible(message)}`;
  return `${wrap(text, style.width - 2).join("\n  ")}\n`;
}

/** A single value as it is, for a script; anything else as JSON. */
export function valueView({ value }: { value: unknown }): string {
  return `${typeof value === "string" ? value : JSON.stringify(value, null, 2)}\n`;
}

import type { LogRow } from "../app/logs.ts";
import { visible } from "../domain/text.ts";
import type { Prefix } from "./prefix.ts";
import { type Style, tint } from "./style.ts";

export interface LogView {
  readonly style: Style;
  /** undefined: lines stand alone. */
  readonly prefix: Prefix | undefined;
  readonly timestamps: boolean;
  /** Control characters are shown instead of sent. */
  readonly neutral: boolean;
}

/** A line of a container's log. */
export function logLine(row: LogRow, { style, prefix, timestamps, neutral }: LogView): string {
  const before = prefix?.(`${row.container}@${row.node}`, "|") ?? "";
  const time = timestamps ? `${tint(style, "dim", row.time)} ` : "";
  return `${before}${time}${neutral ? visible(row.line.replace(/\r$/, "")) : row.line}\n`;
}

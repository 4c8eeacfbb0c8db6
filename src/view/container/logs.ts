import type { LogOutput, LogRow } from "../../app/logs/index.ts";
import { visible } from "../../domain/text.ts";
import type { Prefix } from "../text/prefix.ts";
import { type Style, tint } from "../text/style.ts";

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

/** Why nothing more comes, and what goes on where the container is now. */
export function logEnded(container: string, node: string, elsewhere: readonly string[]): string {
  const ended = `${container}@${node}: the log ended, for the container does not run there.`;
  if (elsewhere.length === 0) return ended;
  const places = elsewhere.map((each) => `${container}@${each}`).join(" ");
  return `${ended} By the layout it is on ${elsewhere.join(", ")} now; \`pictl logs ${places} --follow\` goes on there.`;
}

/** Tells what becomes of logs that are followed, a sentence each. */
export function logNotices(tell: (text: string) => void): Omit<LogOutput, "line" | "idle"> {
  return {
    ended: ({ container, node }, elsewhere) => {
      tell(logEnded(container, node, elsewhere));
    },
    moved: (container, from, to) => {
      tell(`${container} has been moved from ${from} to ${to}; its log goes on there.`);
    },
    failed: ({ container, node, message }) => {
      tell(`${container ?? ""}@${node ?? ""}: its log is not followed. ${message}`);
    },
    lost: (node, { message }) => {
      tell(`${node}: ${message} Its logs go on when it answers again.`);
    },
    back: (node) => {
      tell(`${node} answers again; its logs go on where they broke off.`);
    },
  };
}

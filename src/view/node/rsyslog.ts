import type { Analysis } from "../../app/rsyslog.ts";
import { plural, visible } from "../../domain/text.ts";
import type { Severity } from "../../domain/syslog/severity.ts";
import { type Style, type Tone, tint } from "../text/style.ts";
import { duration } from "../text/units.ts";
import { columns, shortened } from "../text/wrap.ts";

/** What a log is made of, drawn in bars; within 80 columns, or the terminal's width when that is less. */
export function rsyslogView({ analyses }: { analyses: readonly Analysis[] }, style: Style): string {
  return analyses.map((analysis) => drawn(analysis, style)).join("\n");
}

function drawn(analysis: Analysis, style: Style): string {
  const { node, file, lines, counted, unreadable, durationMs, histogram } = analysis;
  const width = Math.min(80, style.width);
  const asked = counted === lines ? "" : `, ${plural(counted, "counted", "counted")}`;
  const odd = unreadable === 0 ? "" : `, ${String(unreadable)} no syslog`;
  const section = (title: string, bars: readonly Bar[]): string =>
    bars.length === 0 ? "" : `\n${tint(style, "strong", title)}\n${chart(bars, { style, width })}`;
  return [
    `${visible(file)} on ${visible(node)}: ${plural(lines, "line")}${asked}${odd} (${duration(durationMs)})\n`,
    section(
      `Over time (every ${stepText(histogram.stepMinutes)})`,
      histogram.rows.map(({ from, count }) => ({ name: from.replace("T", " "), count })),
    ),
    section(
      "Severity",
      analysis.severities.map(({ severity, count }) => ({ name: severity, count, tone: tones[severity] })),
    ),
    section(
      "Hosts",
      analysis.hosts.map(({ host, count }) => ({ name: host, count })),
    ),
    section(
      "Programs",
      analysis.programs.map(({ program, count }) => ({ name: program, count })),
    ),
    analysis.messages.length === 0
      ? ""
      : `\n${tint(style, "strong", "Messages")}\n${messages(analysis, { style, width })}`,
  ].join("");
}

interface Bar {
  readonly name: string;
  readonly count: number;
  readonly tone?: Tone | undefined;
}

interface Canvas {
  readonly style: Style;
  readonly width: number;
}

const tones: Partial<Record<Severity, Tone>> = { emerg: "bad", alert: "bad", crit: "bad", err: "bad", warning: "warn" };

const longestName = 24;

function chart(bars: readonly Bar[], { style, width }: Canvas): string {
  const names = bars.map(({ name }) => shortened(onOneLine(name), longestName));
  const nameWidth = Math.max(...names.map(columns));
  const countWidth = Math.max(...bars.map(({ count }) => String(count).length));
  const room = Math.max(4, width - nameWidth - countWidth - 6);
  const greatest = Math.max(1, ...bars.map(({ count }) => count));
  return bars
    .map(({ count, tone }, index) => {
      const bar = blocks((count / greatest) * room);
      const name = names[index] ?? "";
      const gap = " ".repeat(nameWidth - columns(name));
      return `  ${name}${gap}  ${String(count).padStart(countWidth)}  ${tone ? tint(style, tone, bar) : bar}`.trimEnd();
    })
    .map((line) => `${line}\n`)
    .join("");
}

/** In eighths of a column, so that small counts show. */
function blocks(length: number): string {
  const eighths = Math.round(length * 8);
  const rest = eighths % 8;
  const bar = "█".repeat(Math.floor(eighths / 8)) + (rest === 0 ? "" : String.fromCharCode(0x2590 - rest));
  return bar === "" && length > 0 ? "▏" : bar;
}

function messages({ messages: rows }: Analysis, { style, width }: Canvas): string {
  const countWidth = Math.max(...rows.map(({ count }) => String(count).length));
  return rows
    .map(({ count, severity, program, message }) => {
      const text = shortened(onOneLine(`${program}: ${message}`), Math.max(10, width - countWidth - 13));
      const grade = severity.padEnd(7);
      const tone = tones[severity];
      return `  ${String(count).padStart(countWidth)}  ${tone ? tint(style, tone, grade) : grade}  ${text}\n`;
    })
    .join("");
}

/** A tab would take as much room as it likes. */
function onOneLine(text: string): string {
  return visible(text).replaceAll("\t", " ");
}

/** `hour`, `15 minutes` */
function stepText(minutes: number): string {
  const [unit, name] = minutes % 1440 === 0 ? [1440, "day"] : minutes % 60 === 0 ? [60, "hour"] : [1, "minute"];
  return minutes === unit ? name : plural(minutes / unit, name);
}

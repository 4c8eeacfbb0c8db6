import { visible } from "../../domain/text.ts";
import { type Style, type Tone, tint } from "./style.ts";
import { columns as displayWidth, shortened, wrapHard } from "./wrap.ts";

export interface Column<Row> {
  readonly title: string;
  readonly value: (row: Row) => string;
  readonly tone?: (row: Row) => Tone | undefined;
  readonly align?: "left" | "right";
  /** May be shortened (with …) when the terminal is too narrow; never below `min` columns. */
  readonly min?: number;
  /** What does not fit goes on below instead: what is asked about, or would be done, has to be read whole. */
  readonly wraps?: boolean;
}

/** The last column of a command that changes things. */
export function outcomeColumn<Row extends { readonly outcome: string; readonly changed: boolean }>(
  min = 20,
): Column<Row> {
  const tone = ({ changed }: Row): Tone | undefined => (changed ? "good" : undefined);
  return { title: "OUTCOME", value: (row) => row.outcome, min, wraps: true, tone };
}

/**
 * A table without rules, as docker and kubectl print: one line per row unless a column wraps, columns two spaces apart, no escape
 * sequences from the data, no wider than `style.width` as far as shrinkable columns allow; where they do not, a row is
 * several lines. Ends with a newline.
 */
export function table<Row>(style: Style, columns: readonly Column<Row>[], rows: readonly Row[]): string {
  const cells = rows.map((row) => columns.map((column) => visible(column.value(row))));
  const widths = columns.map((column, index) =>
    Math.max(column.title.length, ...cells.map((line) => displayWidth(line[index] ?? ""))),
  );
  shrink(widths, columns, style.width);
  if (rows.length > 0 && lineWidth(widths) > style.width) return stacked(style, columns, rows);
  const title = columns.map((column): Cell => ({ lines: [column.title], tone: "dim" }));
  const body = rows.map((row, at) =>
    columns.map((column, index): Cell => ({
      lines: fitted(cells[at]?.[index] ?? "", widths[index] ?? 0, column).split("\n"),
      tone: column.tone?.(row),
    })),
  );
  const draw = (line: readonly Cell[], at: number): string =>
    line
      .map(({ lines, tone }, index) => {
        const text = lines[at] ?? "";
        const room = " ".repeat(Math.max(0, (widths[index] ?? 0) - displayWidth(text)));
        const coloured = tone && text !== "" ? tint(style, tone, text) : text;
        return columns[index]?.align === "right" ? room + coloured : coloured + room;
      })
      .join("  ")
      .trimEnd();
  return [title, ...body]
    .flatMap((line) =>
      Array.from({ length: Math.max(...line.map(({ lines }) => lines.length)) }, (_, at) => draw(line, at)),
    )
    .map((line) => `${line}\n`)
    .join("");
}

interface Cell {
  readonly lines: readonly string[];
  readonly tone: Tone | undefined;
}

function lineWidth(widths: readonly number[]): number {
  return widths.reduce((sum, width) => sum + width + 2, -2);
}

/** Where a line has no room for a row: one line for each of its cells that is not empty, and an empty line between rows. */
function stacked<Row>(style: Style, columns: readonly Column<Row>[], rows: readonly Row[]): string {
  const titleWidth = Math.max(...columns.map(({ title }) => title.length));
  const blocks = rows.map((row) =>
    columns.map((column) => {
      const text = visible(column.value(row));
      if (text === "" || text === "-") return "";
      const tone = column.tone?.(row);
      const lines = wrapHard(text, style.width - titleWidth - 2).map((line) => (tone ? tint(style, tone, line) : line));
      const title = `${tint(style, "dim", column.title)}${" ".repeat(titleWidth - column.title.length)}`;
      return lines.map((line, index) => `${index === 0 ? title : " ".repeat(titleWidth)}  ${line}\n`).join("");
    }),
  );
  return blocks.map((lines) => lines.join("")).join("\n");
}

/** Takes columns away from the widest shrinkable column, one at a time, until the line fits or nothing gives. */
function shrink<Row>(widths: number[], columns: readonly Column<Row>[], available: number): void {
  while (lineWidth(widths) > available) {
    let widest = -1;
    columns.forEach((column, index) => {
      const width = widths[index] ?? 0;
      if (
        column.min !== undefined &&
        width > Math.max(column.min, column.title.length) &&
        width > (widths[widest] ?? 0)
      ) {
        widest = index;
      }
    });
    if (widest === -1) return;
    widths[widest] = (widths[widest] ?? 0) - 1;
  }
}

function fitted<Row>(text: string, width: number, { wraps = false }: Column<Row>): string {
  return wraps ? wrapHard(text, width).join("\n") : shortened(text, width);
}

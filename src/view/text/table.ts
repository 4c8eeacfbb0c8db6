import Table from "cli-table3";
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
  const output = new Table({
    chars: noRules,
    style: { head: [], border: [], "padding-left": 0, "padding-right": 0 },
    colAligns: columns.map((column) => column.align ?? "left"),
    colWidths: widths.map((width, index) => (index === widths.length - 1 ? width : width + 2)),
  });
  const cell = (index: number, text: string, tone: Tone | undefined): string => {
    const lines = text.split("\n");
    const coloured = tone ? lines.map((line) => tint(style, tone, line)).join("\n") : text;
    // Right-aligned text would otherwise touch the next column.
    return columns[index]?.align === "right" && index < columns.length - 1 ? `${coloured}  ` : coloured;
  };
  output.push(columns.map((column, index) => cell(index, column.title, "dim")));
  rows.forEach((row, rowIndex) => {
    output.push(
      columns.map((column, index) =>
        cell(index, fitted(cells[rowIndex]?.[index] ?? "", widths[index] ?? 0, column), column.tone?.(row)),
      ),
    );
  });
  return (
    output
      .toString()
      .split("\n")
      .map((line) => (style.colour ? line : line.trimEnd()))
      .join("\n") + "\n"
  );
}

const noRules = Object.fromEntries(
  [
    "top",
    "top-mid",
    "top-left",
    "top-right",
    "bottom",
    "bottom-mid",
    "bottom-left",
    "bottom-right",
    "left",
    "left-mid",
    "mid",
    "mid-mid",
    "right",
    "right-mid",
    "middle",
  ].map((name) => [name, ""]),
);

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

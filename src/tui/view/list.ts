import { lists, type ListView } from "../lists/index.ts";
import type { Row, RowSight } from "../lists/list.ts";
import { screenLayout } from "../state/screen/layout.ts";
import { allRows, cursorIndex, shownRows } from "../state/screen/rows.ts";
import type { State } from "../state/types.ts";
import { type Fitted, fitColumns, gap } from "./columns.ts";
import type { Line, Span } from "./line.ts";
import { apart, fitLine, wrapped } from "./spans.ts";
import { fit, safe } from "./text.ts";

/** The list of a view: a line of titles, and as many rows as there is room for. */
export function drawList(
  state: State,
  view: ListView,
  room: { readonly columns: number; readonly rows: number },
): readonly Line[] {
  const list = lists[view];
  const rows = shownRows(state, view);
  const listState = state.lists[view];
  const { narrow } = screenLayout(state.size, view);
  const sight: RowSight = { model: state.model, nowMs: state.nowMs };
  const shown = rows.slice(listState.top, listState.top + room.rows - 1);
  if (rows.length === 0) return emptyList(state, view, room.columns);
  const fitted = fitColumns(list.columns, shown, sight, { room: room.columns - 1, narrow });
  const cursor = cursorIndex(listState, rows) - listState.top;
  const marked = listState.marks;
  return [
    apart(titleLine(fitted, listState.sort), below(rows.length - listState.top - shown.length), room.columns),
    ...shown.map((row, index) =>
      rowLine(row, fitted, sight, {
        columns: room.columns,
        cursor: index === cursor,
        focused: !state.detail.focused || view === "pulse",
        marked: marked.has(row.id),
        faint: list.faint?.(row) ?? false,
      }),
    ),
  ];
}

/** That a list goes on is seen nowhere else. */
function below(count: number): Line {
  return count > 0 ? [{ text: ` ↓ ${count} more`, tone: "dim" }] : [];
}

function titleLine(fitted: readonly Fitted[], sort: State["lists"][ListView]["sort"]): Line {
  const spans = fitted.flatMap(({ column, index, width }, at): Span[] => {
    const sorted = sort?.column === index;
    const title = sorted ? `${column.title}${sort.descending ? "▼" : "▲"}` : column.title;
    return [{ text: fit(title, width, column.align) + pad(at, fitted), tone: sorted ? "accent" : "dim" }];
  });
  return [{ text: " " }, ...spans];
}

function pad(at: number, all: readonly unknown[]): string {
  return at < all.length - 1 ? " ".repeat(gap) : "";
}

interface Look {
  readonly columns: number;
  readonly cursor: boolean;
  readonly focused: boolean;
  readonly marked: boolean;
  readonly faint: boolean;
}

function rowLine(row: Row, fitted: readonly Fitted[], sight: RowSight, look: Look): Line {
  const ground = look.cursor ? (look.focused ? "cursor" : "bar") : undefined;
  const sign = look.marked ? "▸" : look.cursor ? "▌" : " ";
  const spans = fitted.map(({ column, width }, at): Span => {
    const tone = look.faint
      ? "dim"
      : (column.tone?.(row, sight) ?? (column.title.startsWith("NAME") || at === 1 ? "strong" : "plain"));
    return { text: fit(safe(column.value(row, sight)), width, column.align) + pad(at, fitted), tone, ground };
  });
  return fitLine([{ text: sign, tone: look.marked ? "warn" : "accent", ground }, ...spans], look.columns, ground);
}

function emptyList(state: State, view: ListView, columns: number): readonly Line[] {
  const { filter } = state.lists[view];
  const all = allRows(state, view);
  const text =
    filter !== "" && all > 0
      ? `Nothing of ${all} matches “${filter}”. Esc clears the filter.`
      : lists[view].empty(state.model);
  const well = text.startsWith("✓");
  return [
    [],
    ...wrapped(safe(text), columns - 4).map((line): Line => [{ text: `  ${line}`, tone: well ? "good" : "plain" }]),
  ];
}

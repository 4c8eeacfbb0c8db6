import type { Model } from "../../../watch/model.ts";
import { lists, type ListView } from "../../lists/index.ts";
import type { List, Row } from "../../lists/list.ts";
import type { ListState, State } from "../types.ts";

/** The rows of a list as they are on the screen: filtered and sorted. */
export function shownRows(state: State, view: ListView): readonly Row[] {
  const { filter, sort } = state.lists[view];
  const list = lists[view];
  const second = list.timed ? Math.floor(state.nowMs / 1000) : 0;
  const kept = kepts.get(view);
  if (kept && kept.model === state.model && kept.filter === filter && kept.sort === sort && kept.second === second) {
    return kept.rows;
  }
  const found = filtered(list, list.rows(state.model, state.nowMs), filter, state.model);
  const rows = sorted(list, found, sort, kept && kept.sort === sort ? kept.rows : []);
  kepts.set(view, { model: state.model, filter, sort, second, rows });
  return rows;
}

interface Kept {
  readonly model: Model;
  readonly filter: string;
  readonly sort: ListState["sort"];
  readonly second: number;
  readonly rows: readonly Row[];
}

/** The last answer for each view: a key asks several times, and thousands of rows take some milliseconds. */
const kepts = new Map<ListView, Kept>();

/** How many rows there are without the filter. */
export function allRows(state: State, view: ListView): number {
  return state.lists[view].filter === ""
    ? shownRows(state, view).length
    : lists[view].rows(state.model, state.nowMs).length;
}

function filtered(list: List, rows: readonly Row[], filter: string, model: Model): readonly Row[] {
  const wanted = filter.trim();
  if (wanted === "" || wanted === "!" || wanted === "-l") return rows;
  if (wanted.startsWith("-l")) {
    const [key = "", value] = wanted.slice(2).trim().split("=");
    return rows.filter((row) => {
      const found = list.labels?.(row, model)[key];
      return found !== undefined && (value === undefined || found.startsWith(value));
    });
  }
  const inverse = wanted.startsWith("!");
  const words = wanted
    .slice(inverse ? 1 : 0)
    .toLowerCase()
    .split(/\s+/);
  return rows.filter((row) => {
    const text = list.text(row);
    return words.every((word) => text.includes(word)) !== inverse;
  });
}

/** By the column; beginning with the order of before, in which hardly anything has its place no longer. */
function sorted(list: List, rows: readonly Row[], sort: ListState["sort"], before: readonly Row[]): readonly Row[] {
  const by = sort && list.columns[sort.column]?.sort;
  if (!by) return rows;
  const turn = sort.descending ? -1 : 1;
  const places = new Map(before.map(({ id }, index) => [id, index]));
  const keyed = rows.map((row, index) => ({ row, index, key: by(row), place: places.get(row.id) ?? before.length }));
  // Those of one value stand as they do unsorted, so that the order of before decides nothing but how fast this is.
  return keyed
    .sort((a, b) => a.place - b.place)
    .sort((a, b) => turn * compared(a.key, b.key) || a.index - b.index)
    .map(({ row }) => row);
}

function compared(one: string | number, other: string | number): number {
  if (typeof one === "number" && typeof other === "number") return one === other ? 0 : one - other;
  return one === other ? 0 : collator.compare(String(one), String(other));
}

/** One for all: to make it takes longer than to compare hundreds of names. */
const collator = new Intl.Collator("en", { numeric: true });

/** Where the cursor is among these rows: on its row, or on what has its place now. */
export function cursorIndex({ cursor }: ListState, rows: readonly Row[]): number {
  if (cursor.id !== undefined) {
    if (rows[cursor.index]?.id === cursor.id) return cursor.index;
    const found = rows.findIndex(({ id }) => id === cursor.id);
    if (found !== -1) return found;
  }
  return Math.max(0, Math.min(cursor.index, rows.length - 1));
}

/** The row under the cursor of the view that is shown. */
export function cursorRow(state: State): Row | undefined {
  if (state.view === "logs") return undefined;
  const rows = shownRows(state, state.view);
  return rows[cursorIndex(state.lists[state.view], rows)];
}

/** What keys act on: all that is marked, or else the row under the cursor. A snapshot: later changes do not move it. */
export function chosenRows(state: State): readonly Row[] {
  if (state.view === "logs") return [];
  const { marks } = state.lists[state.view];
  if (marks.size > 0) return lists[state.view].rows(state.model, state.nowMs).filter(({ id }) => marks.has(id));
  const row = cursorRow(state);
  return row ? [row] : [];
}

import type { ListView } from "../../lists/index.ts";
import { screenLayout } from "./layout.ts";
import { cursorIndex, shownRows } from "./rows.ts";
import type { ListState, State } from "../types.ts";

/** With the cursor on that row, or the nearest there is, and in sight. */
export function withCursor(state: State, view: ListView, index: number): State {
  const rows = shownRows(state, view);
  const at = Math.max(0, Math.min(index, rows.length - 1));
  const { listRows } = screenLayout(state.size, view);
  const { top } = state.lists[view];
  const first = Math.min(Math.max(top, at - listRows + 1), at);
  const next = { cursor: { id: rows[at]?.id, index: at }, top: clampTop(first, rows.length, listRows) };
  return { ...withList(state, view, next), detail: { ...state.detail, scroll: 0 } };
}

/** The cursor follows its row wherever a new model has put it. */
export function settled(state: State): State {
  if (state.view === "logs") return state;
  const { view } = state;
  const list = state.lists[view];
  const rows = shownRows(state, view);
  const at = cursorIndex(list, rows);
  const { listRows } = screenLayout(state.size, view);
  const first = clampTop(Math.min(Math.max(list.top, at - listRows + 1), at), rows.length, listRows);
  const id = rows[at]?.id;
  // Until somebody has moved it, it stays on top: what is worst comes there.
  const untouched = list.cursor.id === undefined && list.cursor.index === 0;
  if (untouched || (at === list.cursor.index && first === list.top && id === list.cursor.id)) return state;
  return withList(state, view, { cursor: { id, index: at }, top: first });
}

function clampTop(top: number, count: number, room: number): number {
  return Math.max(0, Math.min(top, count - room));
}

export function withList(state: State, view: ListView, change: Partial<ListState>): State {
  return { ...state, lists: { ...state.lists, [view]: { ...state.lists[view], ...change } } };
}

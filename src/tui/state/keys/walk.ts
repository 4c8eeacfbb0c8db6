import { type ListView, lists, type View } from "../../lists/index.ts";
import { toSubject } from "./act.ts";
import { screenLayout } from "../screen/layout.ts";
import { leaveLogs, logRoom, scrollLogs } from "./log-keys.ts";
import { settled, withCursor, withList } from "../screen/move-cursor.ts";
import { cursorIndex, cursorRow, shownRows } from "../screen/rows.ts";
import type { State, Reduced } from "../types.ts";

/** The detail is all there is of the view: there is no room beside the list, and somebody went into it. */
export function detailIsView(state: State): boolean {
  return state.view !== "logs" && state.detail.focused && !screenLayout(state.size, state.view).beside;
}

/** Down or up by so many rows. */
export function by(state: State, count: number): Reduced {
  if (state.view === "logs") return [scrollLogs(state, count), []];
  if (state.detail.focused) return [scrollDetail(state, count), []];
  const rows = shownRows(state, state.view);
  return [withCursor(state, state.view, cursorIndex(state.lists[state.view], rows) + count), []];
}

export function page(state: State, pages: number): Reduced {
  const room = state.view === "logs" ? logRoom(state) : screenLayout(state.size, state.view).listRows;
  return by(state, Math.trunc(pages * Math.max(2, room)));
}

/** Where its end is, only drawing knows: the view clamps what is too much. */
function scrollDetail(state: State, count: number): State {
  const scroll = Math.max(0, Math.min(state.detail.scroll + count, 10_000));
  return { ...state, detail: { ...state.detail, scroll } };
}

export function toView(state: State, view: View): Reduced {
  const leaves = state.view === view ? state : { ...state, detail: { focused: false, tab: 0, scroll: 0 } };
  return [
    settled({
      ...leaves,
      view,
      ...(view === "logs" ? { back: state.view === "logs" ? state.back : state.view } : { back: view }),
    }),
    [],
  ];
}

export function pane(state: State, detail: boolean): Reduced {
  if (state.view === "logs" || lists[state.view].tabs.length === 0) return [state, []];
  return [{ ...state, detail: { ...state.detail, focused: detail } }, []];
}

export function otherPane(state: State): State {
  return pane(state, !state.detail.focused)[0];
}

export function tab(state: State, step: number): Reduced {
  if (state.view === "logs") return [state, []];
  const { length } = lists[state.view].tabs;
  if (length === 0) return [state, []];
  return [{ ...state, detail: { ...state.detail, tab: (state.detail.tab + step + length) % length, scroll: 0 } }, []];
}

export function into(state: State): Reduced {
  const row = cursorRow(state);
  if (!row) return [state, []];
  const there = (state.view === "pulse" || state.view === "events") && toSubject(state, row);
  return there ? [settled(there), []] : details(state);
}

export function details(state: State): Reduced {
  const row = cursorRow(state);
  if (row && state.view === "pulse") {
    const there = toSubject(state, row);
    return [there ? settled({ ...there, detail: { focused: true, tab: 0, scroll: 0 } }) : state, []];
  }
  return row ? pane(state, true) : [state, []];
}

/** One thing at a time: out of the detail, the filter off, the marks off, out of the logs. Never out of pictl. */
export function back(state: State): Reduced {
  if (state.view === "logs") {
    return state.logs.filter === ""
      ? leaveLogs(state)
      : [{ ...state, logs: { ...state.logs, filter: "", context: false } }, []];
  }
  if (state.detail.focused) return pane(state, false);
  const { view } = state;
  if (state.lists[view].filter !== "") return [settled(withList(state, view, { filter: "" })), []];
  if (state.lists[view].marks.size > 0) return [unmark(state), []];
  return view === "pulse" ? [state, []] : toView(state, "pulse");
}

const onList =
  (change: (state: State, view: ListView) => State) =>
  (state: State): State =>
    state.view === "logs" ? state : change(state, state.view);

export const mark = onList((state, view) => {
  const rows = shownRows(state, view);
  const at = cursorIndex(state.lists[view], rows);
  const id = rows[at]?.id;
  if (id === undefined) return state;
  const marks = new Set(state.lists[view].marks);
  if (!marks.delete(id)) marks.add(id);
  return withCursor(withList(state, view, { marks }), view, at + 1);
});

export const markAll = onList((state, view) =>
  withList(state, view, {
    marks: new Set([...state.lists[view].marks, ...shownRows(state, view).map(({ id }) => id)]),
  }),
);

export const unmark = onList((state, view) => withList(state, view, { marks: new Set() }));

/** By the next column that can be sorted by; after the last one, as the list is by itself. */
export const sortNext = onList((state, view) => {
  const sortable = lists[view].columns.flatMap((column, index) => (column.sort ? [index] : []));
  const now = state.lists[view].sort?.column;
  const next = now === undefined ? sortable[0] : sortable[sortable.indexOf(now) + 1];
  return settled(withList(state, view, { sort: next === undefined ? undefined : { column: next, descending: false } }));
});

export const sortTurn = onList((state, view) => {
  const { sort } = state.lists[view];
  return sort ? settled(withList(state, view, { sort: { ...sort, descending: !sort.descending } })) : sortNext(state);
});

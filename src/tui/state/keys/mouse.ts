import { screenLayout } from "../screen/layout.ts";
import { scrollLogs } from "./log-keys.ts";
import { withCursor } from "../screen/move-cursor.ts";
import { cursorIndex, shownRows } from "../screen/rows.ts";
import { tabPlaces } from "../screen/tabs.ts";
import type { TuiMessage, State, Reduced } from "../types.ts";
import { by, details, into, toView } from "./walk.ts";

/** The left button chooses, on the row that is chosen already goes into it; the wheel moves three rows. */
export function mouse(state: State, event: Extract<TuiMessage, { kind: "mouse" }>): Reduced {
  if (state.overlay) return [state, []];
  const { action, column, row } = event;
  if (action === "wheel-up" || action === "wheel-down") {
    const step = action === "wheel-down" ? 3 : -3;
    return state.view === "logs" ? [scrollLogs(state, step), []] : by(state, step);
  }
  if (action !== "press") return [state, []];
  const layout = screenLayout(state.size, state.view);
  if (row === layout.top - 1 && layout.top === 2) {
    const tab = tabPlaces(state).find(({ from, to }) => column >= from && column < to);
    return tab ? toView(state, tab.view) : [state, []];
  }
  if (state.view === "logs") return [state, []];
  if (layout.beside && column > layout.listColumns)
    return [{ ...state, detail: { ...state.detail, focused: true } }, []];
  const list = state.lists[state.view];
  const rows = shownRows(state, state.view);
  const index = list.top + row - layout.top - 1;
  if (row <= layout.top || index >= rows.length || row > layout.top + layout.listRows) return [state, []];
  const back = { ...state, detail: { ...state.detail, focused: false } };
  if (index === cursorIndex(list, rows))
    return state.view === "pulse" || state.view === "events" ? into(back) : details(back);
  return [withCursor(back, state.view, index), []];
}

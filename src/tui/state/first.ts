import type { Model } from "../../watch/model.ts";
import { type ListView, views } from "../lists/index.ts";
import type { ActionSpec } from "./actions.ts";
import type { ListState, LogState, State } from "./types.ts";

const freshList: ListState = {
  cursor: { id: undefined, index: 0 },
  top: 0,
  filter: "",
  sort: undefined,
  marks: new Set(),
};

export const freshLogs: LogState = {
  of: [],
  reading: 0,
  lines: [],
  dropped: 0,
  state: "none",
  follow: true,
  wrap: false,
  times: false,
  filter: "",
  context: false,
  since: 0,
  cursor: 0,
  top: 0,
};

/** What is there before anybody has pressed a key. */
export function firstState(given: {
  readonly model: Model;
  readonly nowMs: number;
  readonly size: State["size"];
  readonly readOnly: boolean;
  readonly actions: readonly ActionSpec[];
}): State {
  const lists = Object.fromEntries(views.filter((view) => view !== "logs").map((view) => [view, freshList]));
  return {
    ...given,
    view: "pulse",
    back: "pulse",
    lists: lists as Record<ListView, ListState>,
    detail: { focused: false, tab: 0, scroll: 0 },
    logs: freshLogs,
    overlay: undefined,
    coming: [],
    awaited: undefined,
    unreadUntilMs: 0,
    notice: undefined,
    mouse: true,
  };
}

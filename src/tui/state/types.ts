import type { LogRow } from "../../app/logs/index.ts";
import type { Failure } from "../../domain/errors.ts";
import type { Model } from "../../watch/model.ts";
import type { ListView, View } from "../lists/index.ts";
import type { Line, LineTone } from "../view/line.ts";
import type { ActionSpec, ActionInput } from "./actions.ts";

/** Everything that is on the screen, or would be. A value: `reduce` makes the next one. */
export interface State {
  readonly model: Model;
  /** Milliseconds since the epoch, as of the last message. */
  readonly nowMs: number;
  readonly size: { readonly columns: number; readonly rows: number };
  /** What changes something is not there: no key, no entry in a menu, no word of the palette. */
  readonly readOnly: boolean;
  readonly actions: readonly ActionSpec[];
  readonly view: View;
  /** Where Esc leads to from the logs. */
  readonly back: ListView;
  readonly lists: Readonly<Record<ListView, ListState>>;
  readonly detail: DetailState;
  readonly logs: LogState;
  /** What lies above the view and has the keys. */
  readonly overlay: Overlay | undefined;
  /** Questions of jobs and answers that wait until nothing else lies above the view. */
  readonly coming: readonly (AskedQuestion | Answered)[];
  /** What was asked last, and whose answer is waited for: it comes too late when somebody does something else meanwhile. */
  readonly awaited: Decided | undefined;
  /** Until then keys are not for what has opened by itself: nobody can have read it. */
  readonly unreadUntilMs: number;
  readonly notice: Notice | undefined;
  readonly mouse: boolean;
}

export interface ListState {
  /** The row that keys act on; when it has gone, the one that has its place. */
  readonly cursor: { readonly id: string | undefined; readonly index: number };
  /** The first row on the screen. */
  readonly top: number;
  readonly filter: string;
  readonly sort: { readonly column: number; readonly descending: boolean } | undefined;
  readonly marks: ReadonlySet<string>;
}

export interface DetailState {
  /** It has the keys. */
  readonly focused: boolean;
  readonly tab: number;
  readonly scroll: number;
}

export interface Notice {
  readonly text: string;
  readonly tone: LineTone;
  readonly untilMs: number;
}

export interface LogState {
  /** `container@node`, what was chosen; empty: nothing is read. */
  readonly of: readonly string[];
  /** Numbers the readings, so that lines of an earlier one are known. */
  readonly reading: number;
  readonly lines: readonly LogLine[];
  /** How many lines have gone at the beginning, since only so many are kept. */
  readonly dropped: number;
  readonly state: "none" | "reading" | "following" | "ended";
  /** The newest line is in sight and stays there. */
  readonly follow: boolean;
  readonly wrap: boolean;
  readonly times: boolean;
  readonly filter: string;
  /** All lines are shown, those that the filter names are marked. */
  readonly context: boolean;
  /** An index of `since.ts`. */
  readonly since: number;
  /** The line that keys act on, counted from the first one that was ever read. */
  readonly cursor: number;
  /** The first line on the screen when it does not follow, counted likewise. */
  readonly top: number;
}

export type LogLine =
  | (Pick<LogRow, "time" | "container" | "node" | "line" | "stream"> & { readonly kind: "line" })
  /** What was told of the reading, or set by a person. */
  | { readonly kind: "note"; readonly text: string; readonly tone: LineTone };

export type Overlay =
  | { readonly kind: "filter"; readonly text: string; readonly before: string }
  | { readonly kind: "palette"; readonly text: string; readonly index: number }
  | { readonly kind: "ask"; readonly question: string; readonly yes: boolean; readonly then: Decided | AskedQuestion }
  /** What was done from here; lives on while it is looked at. */
  | { readonly kind: "jobs"; readonly index: number }
  /** Of who would quit while something is being done. */
  | { readonly kind: "leave"; readonly question: string; readonly yes: boolean }
  | { readonly kind: "choose"; readonly title: string; readonly items: readonly Choice[]; readonly index: number }
  | { readonly kind: "type"; readonly title: string; readonly text: string; readonly then: (text: string) => Decided }
  | {
      readonly kind: "page";
      readonly title: string;
      readonly lines: readonly Line[];
      readonly scroll: number;
      readonly copy?: string;
      /** What Enter does with it. */
      readonly then?: Decided | undefined;
    }
  | { readonly kind: "help"; readonly scroll: number };

export interface Choice {
  readonly text: string;
  readonly note: string;
  /** Neither of the two: it cannot be chosen, for the reason in `note`. */
  readonly then?: Decided | undefined;
  readonly copy?: string;
}

/** A question of a job that waits for its answer. */
export interface AskedQuestion {
  readonly id: number;
  readonly question: string;
}

/** An operation that shows something has answered. */
export interface Answered {
  readonly run: Decided;
  readonly result: object;
  readonly failures: readonly Failure[];
}

/** A run of an operation that was decided on. */
export interface Decided {
  readonly operation: string;
  readonly input: ActionInput;
}

export type TuiMessage =
  | { readonly kind: "key"; readonly key: string }
  | { readonly kind: "paste"; readonly text: string }
  | {
      readonly kind: "mouse";
      readonly action: "press" | "release" | "wheel-up" | "wheel-down";
      readonly column: number;
      readonly row: number;
    }
  | { readonly kind: "size"; readonly columns: number; readonly rows: number }
  | { readonly kind: "model"; readonly model: Model }
  | { readonly kind: "tick" }
  /** What an operation asks before it goes on. */
  | ({ readonly kind: "asked" } & AskedQuestion)
  | ({ readonly kind: "answered" } & Answered)
  | { readonly kind: "told"; readonly text: string; readonly tone: LineTone }
  | { readonly kind: "log-lines"; readonly reading: number; readonly lines: readonly LogLine[] }
  | { readonly kind: "log-state"; readonly reading: number; readonly state: LogState["state"] };

/** What the outside is to do. */
export type Effect =
  | { readonly kind: "run"; readonly run: Decided }
  | {
      readonly kind: "logs";
      readonly reading: number;
      readonly of: readonly string[];
      readonly sinceMs: number | undefined;
      readonly tail: number | undefined;
    }
  | { readonly kind: "answer"; readonly question: number; readonly yes: boolean }
  | { readonly kind: "cancel"; readonly job: string }
  | { readonly kind: "logs-end" }
  | { readonly kind: "save"; readonly lines: readonly string[] }
  | { readonly kind: "shell"; readonly place: string }
  | { readonly kind: "edit" }
  | { readonly kind: "copy"; readonly text: string }
  | { readonly kind: "look" }
  | { readonly kind: "redraw" }
  | { readonly kind: "mouse"; readonly on: boolean }
  | { readonly kind: "suspend" }
  | { readonly kind: "quit" };

/** The next state, and what the outside is to do. */
export type Reduced = readonly [State, readonly Effect[]];

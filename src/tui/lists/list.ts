import type { Model } from "../../watch/model.ts";
import type { LineTone } from "../view/line.ts";

/** What keys act on. */
export type RowSubject =
  | { readonly kind: "container"; readonly container: string; readonly node: string }
  | { readonly kind: "node"; readonly node: string }
  | { readonly kind: "image"; readonly image: string; readonly node: string }
  | { readonly kind: "vip"; readonly vip: string };

/** One line of a list. `id` names it for as long as it is there, whatever else comes and goes. */
export interface Row {
  readonly id: string;
  readonly subject: RowSubject | undefined;
}

/** What a cell may depend on beside its row. */
export interface RowSight {
  readonly model: Model;
  /** Milliseconds since the epoch. */
  readonly nowMs: number;
}

export interface ListColumn<R extends Row> {
  readonly title: string;
  readonly value: (row: R, sight: RowSight) => string;
  readonly tone?: (row: R, sight: RowSight) => LineTone | undefined;
  readonly align?: "right";
  /** Columns that it gets at least, and at most unless there is room left. */
  readonly min: number;
  readonly max: number;
  /** 0: there on any terminal; the greater, the sooner it goes. */
  readonly rank: number;
  /** What rows are sorted by; missing: not by this one. */
  readonly sort?: (row: R) => string | number;
}

/** A kind of list: what it has, how it looks and what is searched. All of it is data and pure functions. */
export interface List<R extends Row = Row> {
  readonly columns: readonly ListColumn<R>[];
  /** In the order in which they stand when nothing is sorted: what is wrong first. */
  readonly rows: (model: Model, nowMs: number) => readonly R[];
  /** The rows tell how long something lasts, so that they change by the second. */
  readonly timed?: true;
  /** What a row is called where it is all there is to see; its id where that reads well. */
  readonly title?: (row: R) => string;
  /** What a filter is compared with, in small letters. */
  readonly text: (row: R) => string;
  /** Of what is not known for sure: the whole row stands back. */
  readonly faint?: (row: R) => boolean;
  /** For `-l key=value`. */
  readonly labels?: (row: R, model: Model) => Readonly<Record<string, string>>;
  /** What to say when there is none, with the key that helps. */
  readonly empty: (model: Model) => string;
  /** The tabs beside the list, about the row under the cursor. */
  readonly tabs: readonly Tab<R>[];
}

export interface Tab<R extends Row = Row> {
  readonly title: string;
  readonly lines: (row: R, sight: RowSight) => readonly Fact[];
}

/** A line of a detail: a named value, a heading, or a sentence. */
export type Fact =
  | { readonly name: string; readonly value: string; readonly tone?: LineTone }
  | { readonly heading: string }
  | { readonly text: string; readonly tone?: LineTone };

/** A list of whatever rows; which ones, only the list itself knows. */
export function listView<R extends Row>(made: List<R>): List {
  return made as unknown as List;
}

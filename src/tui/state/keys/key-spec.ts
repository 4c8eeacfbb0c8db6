import { type ListView, type View, views } from "../../lists/index.ts";
import type { RowSubject } from "../../lists/list.ts";
import type { State, Reduced } from "../types.ts";

/** A key, or several that do the same or the opposite: what the help, the foot and docs/tui.md tell of it. */
export interface KeySpec {
  /** As the input parser names them. */
  readonly keys: readonly string[];
  /** How people write them. */
  readonly label: string;
  /** A word or two for the foot. */
  readonly words: string;
  /** Where it does something else in a view. */
  readonly wordsIn?: Readonly<Partial<Record<View, string>>>;
  /** What a row has to be about for it, so that the foot has it; about anything when missing. */
  readonly on?: readonly RowSubject["kind"][];
  /** A sentence for the help. */
  readonly help: string;
  readonly group: Group;
  /** The views where it does something; everywhere when missing. */
  readonly where?: readonly View[];
  /** It changes something, so that it is not there where nothing may be changed. */
  readonly changes?: true;
  /** The views in whose foot it stands. */
  readonly foot?: readonly View[];
  readonly run: (state: State, key: string) => Reduced;
}

export type Group = "move" | "find" | "act" | "look" | "logs" | "pictl";

export const listViews = views.filter((view): view is ListView => view !== "logs");

/** Rows there are about containers. */
export const withContainers: readonly View[] = ["pulse", "containers", "events", "heartbeat"];

/** A key that changes what is shown, and nothing else. */
export const still =
  (change: (state: State) => State): ((state: State) => Reduced) =>
  (state) => [change(state), []];

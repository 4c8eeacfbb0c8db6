/**
 * What a text means, which colour supports and never carries alone. `key`: a key to press. `hue0` to `hue5` tell
 * names apart and mean nothing.
 */
export type LineTone =
  | "plain"
  | "good"
  | "bad"
  | "warn"
  | "dim"
  | "strong"
  | "accent"
  | "key"
  | "hue0"
  | "hue1"
  | "hue2"
  | "hue3"
  | "hue4"
  | "hue5";

/** Some text of one look. What is on the terminal is one line of these a row. */
export interface Span {
  readonly text: string;
  readonly tone?: LineTone | undefined;
  /** `cursor`: the row that keys act on. `bar`: head and foot. `mark`: a hit of a search. `box`: what lies above the view. */
  readonly ground?: "cursor" | "bar" | "mark" | "box" | undefined;
}

export type Line = readonly Span[];

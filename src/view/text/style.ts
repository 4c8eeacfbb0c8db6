import { styleText } from "node:util";

/** How results may look: `width` in columns, Infinity when not on a terminal. */
export interface Style {
  readonly colour: boolean;
  readonly width: number;
}

export type Tone = "good" | "bad" | "warn" | "dim" | "strong";

const formats = { good: "green", bad: "red", warn: "yellow", dim: "dim", strong: "bold" } as const;

/** Colours text when the style allows; the text itself carries the meaning. */
export function tint(style: Style, tone: Tone, text: string): string {
  return style.colour ? styleText(formats[tone], text, { validateStream: false }) : text;
}

import { styleText } from "node:util";
import type { Style } from "./style.ts";

/** What stands before each line of a source: its name, aligned with the others', and a mark (`|`, `!` for stderr). */
export type Prefix = (name: string, mark: "|" | "!") => string;

/** Each name has a colour of its own, as far as there are colours. */
export function prefixes(style: Style, names: readonly string[]): Prefix {
  const width = Math.max(0, ...names.map((name) => name.length));
  const colours = new Map(names.map((name, index) => [name, palette[index % palette.length] ?? "cyan"]));
  return (name, mark) => {
    const text = `${name.padEnd(width)} ${mark}`;
    return `${style.colour ? styleText(colours.get(name) ?? "cyan", text, { validateStream: false }) : text} `;
  };
}

/** Red is for what is wrong, and is not among them. */
const palette = [
  "cyan",
  "yellow",
  "green",
  "magenta",
  "blue",
  "cyanBright",
  "yellowBright",
  "greenBright",
  "magentaBright",
  "blueBright",
] as const;

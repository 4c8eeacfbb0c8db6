import stringWidth from "string-width";

/**
 * The text in lines no longer than `width` where its words allow; a longer word has a line of its own. What stands
 * between backquotes is one word, so that a command can be copied whole. Colours take no room.
 */
export function wrap(text: string, width: number): string[] {
  if (columns(text) <= width) return [text];
  const lines: string[] = [];
  let line = "";
  for (const word of text.match(/(?:`[^`]*`|\S)+/g) ?? []) {
    if (line !== "" && columns(line) + 1 + columns(word) > width) {
      lines.push(line);
      line = word;
    } else {
      line = line === "" ? word : `${line} ${word}`;
    }
  }
  return [...lines, line];
}

/** In lines no longer than `width` in any case: a longer word is broken. For text without colours. */
export function wrapHard(text: string, width: number): string[] {
  const room = Math.max(1, width);
  return wrap(text, room).flatMap((line) => {
    const pieces: string[] = [];
    let rest = line;
    do {
      const piece = beginning(rest, room);
      pieces.push(piece);
      rest = rest.slice(piece.length);
    } while (rest !== "");
    return pieces;
  });
}

/** No wider than `width`, with `…` for what is left out. For text without colours. */
export function shortened(text: string, width: number): string {
  return columns(text) <= width ? text : `${beginning(text, width - 1)}…`;
}

/** As much of the text as is no wider than `width`, and one character in any case. */
function beginning(text: string, width: number): string {
  let end = 0;
  for (const character of text) {
    if (end > 0 && columns(text.slice(0, end + character.length)) > width) break;
    end += character.length;
  }
  return text.slice(0, end);
}

/** Wrapped behind a mark (`✗ `, `  → `), with what follows the first line under its text. */
export function wrapBehind(mark: string, text: string, width: number): string {
  const indent = " ".repeat(columns(mark));
  const room = Math.max(20, width - indent.length);
  const lines = text.split("\n").flatMap((line) => wrap(line, room));
  return lines.map((line, index) => `${index === 0 ? mark : indent}${line}\n`).join("");
}

/** Each of its lines on its own, with its indentation in front of all that it is broken into. */
export function wrapIndented(text: string, width: number): string {
  return text
    .split("\n")
    .flatMap((line) => {
      const [indent = ""] = /^ */.exec(line) ?? [];
      return wrap(line.slice(indent.length), width - indent.length).map((part) => `${indent}${part}`);
    })
    .join("\n");
}

/** A command line in several that are one to a shell: it goes on behind a backslash, and never within quotes. */
export function wrapCommand(line: string, width: number): string {
  const bound = line.replaceAll(/'[^']*'|"[^"]*"|[<>] \S/g, (part) => part.replaceAll(" ", boundBlank));
  return wrap(bound, width - 2)
    .join(" \\\n    ")
    .replaceAll(boundBlank, " ");
}

/** Of private use in Unicode, and as wide as a blank. */
const boundBlank = "\ue000";

/** How much room a text takes: colours none, Chinese characters and the like twice that of others. */
export function columns(text: string): number {
  return /^[ -~]*$/.test(text) ? text.length : stringWidth(text);
}

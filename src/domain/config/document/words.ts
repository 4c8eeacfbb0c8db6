/** One word of an argument string, and where it begins in it. */
export interface Word {
  readonly text: string;
  readonly offset: number;
}

export type SplitResult =
  | { readonly ok: true; readonly words: readonly Word[] }
  /** `offset` is where the quote that never ends begins. */
  | { readonly ok: false; readonly offset: number; readonly message: string };

/**
 * Splits a string into words as a POSIX shell does (Shell Command Language, 2.2 Quoting and 2.3 Token Recognition),
 * without any expansion: `$`, backquotes, globs, `~`, `;`, `|`, `&`, `<`, `>` and `#` are ordinary characters.
 */
export function splitWords(input: string): SplitResult {
  const words: Word[] = [];
  let word: { text: string; offset: number } | undefined;
  let index = 0;

  while (index < input.length) {
    const char = input.charAt(index);
    if (isBlank(char)) {
      if (word !== undefined) words.push(word);
      word = undefined;
      index++;
      continue;
    }
    if (char === "\\" && input[index + 1] === "\n") {
      index += 2;
      continue;
    }
    word ??= { text: "", offset: index };
    const piece = readPiece(input, index);
    if (typeof piece === "string") return { ok: false, offset: index, message: piece };
    word.text += piece.text;
    index = piece.next;
  }
  if (word !== undefined) words.push(word);
  return { ok: true, words };
}

interface Piece {
  readonly text: string;
  readonly next: number;
}

/** The quoted stretch or the run of ordinary characters at `index`, or what is wrong with it. */
function readPiece(input: string, index: number): Piece | string {
  switch (input[index]) {
    case "'":
      return readSingleQuoted(input, index);
    case '"':
      return readDoubleQuoted(input, index);
    case "\\":
      if (index + 1 === input.length) return "the last character is a backslash with nothing after it to quote";
      return { text: input.charAt(index + 1), next: index + 2 };
    default:
      return readOrdinary(input, index);
  }
}

function readOrdinary(input: string, index: number): Piece {
  ordinary.lastIndex = index;
  const text = ordinary.exec(input)?.[0] ?? "";
  return { text, next: index + text.length };
}

const ordinary = /[^ \t\n\\'"]+/y;

function readSingleQuoted(input: string, index: number): Piece | string {
  const end = input.indexOf("'", index + 1);
  if (end === -1) return "the single quote that begins here is never closed";
  return { text: input.slice(index + 1, end), next: end + 1 };
}

/** Between double quotes a backslash quotes only `$`, a backquote, `"`, itself and a newline (which disappears). */
function readDoubleQuoted(input: string, index: number): Piece | string {
  let text = "";
  let at = index + 1;
  while (at < input.length && input[at] !== '"') {
    const quoted = input[at] === "\\" ? input[at + 1] : undefined;
    if (quoted !== undefined && '$`"\\\n'.includes(quoted)) {
      if (quoted !== "\n") text += quoted;
      at += 2;
    } else {
      text += input.charAt(at);
      at++;
    }
  }
  if (at >= input.length) return "the double quote that begins here is never closed";
  return { text, next: at + 1 };
}

function isBlank(char: string): boolean {
  return char === " " || char === "\t" || char === "\n";
}

/* oxlint-disable eslint-js/no-control-regex -- control characters are the subject here */
import { StringDecoder } from "node:string_decoder";

/** What a person did at the terminal. Columns and rows count from 0. */
export type InputEvent =
  | { readonly kind: "key"; readonly key: string }
  | { readonly kind: "paste"; readonly text: string }
  | { readonly kind: "mouse"; readonly action: MouseAction; readonly column: number; readonly row: number };

export type MouseAction = "press" | "release" | "wheel-up" | "wheel-down";

/** So long nothing may follow before an Esc is the key and not the beginning of a sequence. */
const loneEscapeMs = 30;
/** So long the rest of a sequence may take, on whatever line, before it is given up. */
const cutSequenceMs = 500;
/** What a paste is remembered of: a name, an address, a filter. */
const longestPaste = 1024;
/** A sequence longer than that is none. */
const longestSequence = 256;

/**
 * Bytes of a terminal → keys, pastes and mouse events, however the bytes were cut. Keys have blessed's names: `j`,
 * `G`, `space`, `enter`, `up`, `pagedown`, `f1`, `C-d`, `M-x`, `S-tab`.
 */
export class InputParser {
  readonly #decoder = new StringDecoder("utf8");
  #rest = "";
  /** What has come of a paste that has not ended; undefined outside one. */
  #pasted: string | undefined;

  feed(bytes: Buffer): InputEvent[] {
    this.#rest += this.#decoder.write(bytes);
    const events: InputEvent[] = [];
    while (this.#rest !== "") {
      const step = this.#pasted === undefined ? this.#next() : this.#paste(this.#pasted);
      if (step === "more") break;
      if (step) events.push(step);
    }
    return events;
  }

  /** How long the rest of what has begun may take; undefined when nothing has. After that, `flush`. */
  get patienceMs(): number | undefined {
    if (this.#rest === "" || this.#pasted !== undefined) return undefined;
    return this.#rest === "\x1b" ? loneEscapeMs : cutSequenceMs;
  }

  /** Nothing more has come: an Esc was the key, and half a sequence is nobody's. */
  flush(): InputEvent[] {
    const rest = this.#rest;
    this.#rest = "";
    if (rest === "\x1b") return [key("escape")];
    return rest.length === 2 ? [key(`M-${rest.slice(1)}`)] : [];
  }

  #take(length: number): string {
    const taken = this.#rest.slice(0, length);
    this.#rest = this.#rest.slice(length);
    return taken;
  }

  #paste(before: string): InputEvent | "more" {
    const end = this.#rest.indexOf(pasteEnd);
    // The mark of the end may be cut in two.
    const taken = this.#take(end === -1 ? Math.max(0, this.#rest.length - pasteEnd.length + 1) : end);
    this.#pasted = (before + taken).slice(0, longestPaste);
    if (end === -1) return "more";
    this.#take(pasteEnd.length);
    const text = this.#pasted;
    this.#pasted = undefined;
    return { kind: "paste", text };
  }

  #next(): InputEvent | "more" | undefined {
    if (!this.#rest.startsWith("\x1b")) return character(this.#take(codePointLength(this.#rest)));
    const second = this.#rest[1];
    if (second === undefined) return "more";
    if (second === "[") return this.#csi();
    if (second === "O") return this.#ss3();
    if ("]P_^X".includes(second)) return this.#string();
    this.#take(1);
    // Esc twice: the first one was the key.
    if (second === "\x1b") return key("escape");
    const meant = character(this.#take(codePointLength(this.#rest)));
    return meant && key(`M-${meant.key}`);
  }

  #csi(): InputEvent | "more" | undefined {
    const match = csi.exec(this.#rest);
    if (!match) {
      if (this.#rest.length < longestSequence && /^\x1b\[[0-?]*[ -/]*$/.test(this.#rest)) return "more";
      this.#take(2);
      return undefined;
    }
    this.#take(match[0].length);
    const [, parameters = "", final = ""] = match;
    if (parameters.startsWith("<")) return mouse(parameters.slice(1), final);
    const numbers = parameters.split(";").map((word) => Number.parseInt(word, 10));
    if (final === "~" && numbers[0] === 200) {
      this.#pasted = "";
      return undefined;
    }
    // A letter has 1 before its modifiers; with another number it is an answer, such as where the cursor is.
    const letter = numbers.length < 2 || numbers[0] === 1 ? csiKeys[final] : undefined;
    const name = final === "~" ? tildeKeys[numbers[0] ?? 0] : letter;
    return name === undefined ? undefined : key(withModifiers(name, numbers[1]));
  }

  #ss3(): InputEvent | "more" | undefined {
    const third = this.#rest[2];
    if (third === undefined) return "more";
    this.#take(3);
    const name = csiKeys[third] ?? keypad[third];
    return name === undefined ? undefined : key(name);
  }

  /** What a terminal answers to a question: a string up to BEL or ST, which nobody typed. */
  #string(): "more" | undefined {
    const match = /\x07|\x1b\\/.exec(this.#rest.slice(2));
    if (!match && this.#rest.length < longestSequence) return "more";
    this.#take(match ? 2 + match.index + match[0].length : this.#rest.length);
    return undefined;
  }
}

const pasteEnd = "\x1b[201~";
const csi = /^\x1b\[([0-?]*)[ -/]*([@-~])/;

const csiKeys: Readonly<Record<string, string>> = {
  A: "up",
  B: "down",
  C: "right",
  D: "left",
  F: "end",
  H: "home",
  Z: "S-tab",
  P: "f1",
  Q: "f2",
  R: "f3",
  S: "f4",
};

const keypad: Readonly<Record<string, string>> = { M: "enter" };

const tildeKeys: Readonly<Record<number, string>> = {
  1: "home",
  2: "insert",
  3: "delete",
  4: "end",
  5: "pageup",
  6: "pagedown",
  7: "home",
  8: "end",
  11: "f1",
  12: "f2",
  13: "f3",
  14: "f4",
  15: "f5",
  17: "f6",
  18: "f7",
  19: "f8",
  20: "f9",
  21: "f10",
  23: "f11",
  24: "f12",
};

const controls: Readonly<Record<string, string>> = {
  "\r": "enter",
  "\n": "enter",
  "\t": "tab",
  "\x7f": "backspace",
  "\b": "backspace",
  "\0": "C-space",
  " ": "space",
};

function key(name: string): InputEvent & { readonly kind: "key" } {
  return { kind: "key", key: name };
}

function character(text: string): (InputEvent & { readonly kind: "key" }) | undefined {
  const named = controls[text];
  if (named !== undefined) return key(named);
  const code = text.codePointAt(0) ?? 0;
  if (code < 0x20) return key(`C-${String.fromCharCode(code + 0x60)}`);
  // C1 controls and what could not be decoded is no key.
  return (code >= 0x80 && code < 0xa0) || code === 0xfffd ? undefined : key(text);
}

function codePointLength(text: string): number {
  return (text.codePointAt(0) ?? 0) > 0xffff ? 2 : 1;
}

/** `modifier` as xterm counts: 1 and a bit each for shift, alt and control. */
function withModifiers(name: string, modifier: number | undefined): string {
  const bits = modifier === undefined || Number.isNaN(modifier) ? 0 : modifier - 1;
  const marks = `${bits & 4 ? "C-" : ""}${bits & 2 ? "M-" : ""}${bits & 1 ? "S-" : ""}`;
  return `${marks}${name}`;
}

function mouse(parameters: string, final: string): InputEvent | undefined {
  const [button = NaN, column = NaN, row = NaN] = parameters.split(";").map(Number);
  if (Number.isNaN(button + column + row)) return undefined;
  const place = { column: column - 1, row: row - 1 };
  if (button >= 64 && button <= 65) {
    return { kind: "mouse", action: button === 64 ? "wheel-up" : "wheel-down", ...place };
  }
  // The left button alone; movements are not asked for.
  if (button !== 0) return undefined;
  return { kind: "mouse", action: final === "M" ? "press" : "release", ...place };
}

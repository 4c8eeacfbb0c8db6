/**
 * What a remote program did to the terminal, so that it can be undone when the program cannot do it itself any more:
 * the other screen, mouse reports, a hidden cursor (DEC private modes, `CSI ? n h` and `CSI ? n l`; xterm's ctlseqs).
 */
export class TerminalModes {
  readonly #changed = new Map<number, "h" | "l">();
  #carry = "";

  feed(chunk: Uint8Array): void {
    // Byte by byte, so that a sequence is found wherever a chunk ends.
    let text = this.#carry;
    for (const byte of chunk) text += String.fromCharCode(byte);
    for (const match of text.matchAll(sequence)) {
      const [, modes = "", action] = match;
      for (const mode of modes.split(";").map(Number)) this.#set(mode, action === "h" ? "h" : "l");
    }
    const last = text.lastIndexOf("\x1b");
    this.#carry = last === -1 || text.length - last > longestSequence ? "" : text.slice(last);
  }

  /** The bytes that put everything back; empty when nothing is to be. */
  restore(): string {
    const back = [...this.#changed].map(([mode, action]) => `\x1b[?${String(mode)}${action === "h" ? "l" : "h"}`);
    return back.length === 0 ? "" : `${back.join("")}\x1b[0m`;
  }

  /** The bytes that do to a fresh terminal what was done to this one. */
  repeat(): string {
    return [...this.#changed].map(([mode, action]) => `\x1b[?${String(mode)}${action}`).join("");
  }

  isOtherScreen(): boolean {
    return [47, 1047, 1049].some((mode) => this.#changed.get(mode) === "h");
  }

  #set(mode: number, action: "h" | "l"): void {
    const usual = onByDefault.has(mode) ? "h" : offByDefault.has(mode) ? "l" : undefined;
    if (usual === undefined) return;
    if (action === usual) this.#changed.delete(mode);
    else this.#changed.set(mode, action);
  }
}

// oxlint-disable-next-line eslint-js/no-control-regex -- escape sequences are the subject here
const sequence = /\x1b\[\?([\d;]{1,24})([hl])/g;
const longestSequence = 28;

/** Wrapping, the cursor. */
const onByDefault: ReadonlySet<number> = new Set([7, 25]);
/** Cursor keys, reverse video, mouse, focus, the other screen, bracketed paste, synchronised output. */
const offByDefault: ReadonlySet<number> = new Set([
  1, 5, 9, 47, 1000, 1001, 1002, 1003, 1004, 1005, 1006, 1015, 1016, 1047, 1049, 2004, 2026,
]);

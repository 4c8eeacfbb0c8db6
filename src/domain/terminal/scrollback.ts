import { TerminalModes } from "./modes.ts";
import { withoutQueries } from "./queries.ts";

const blockBytes = 16 * 1024;

/**
 * The last output of a terminal, for a page that comes back to it. It holds whole blocks, so up to `bytes` and one block
 * more; what the output before them has switched on is remembered.
 */
export class Scrollback {
  readonly #most: number;
  readonly #before = new TerminalModes();
  readonly #blocks: Uint8Array[] = [];
  /** Of the last block. */
  #filled = 0;
  #lost = false;

  constructor(bytes: number) {
    this.#most = Math.ceil(bytes / blockBytes);
  }

  feed(chunk: Uint8Array): void {
    for (let from = 0; from < chunk.length;) {
      const block = this.#block();
      const part = chunk.subarray(from, from + blockBytes - this.#filled);
      block.set(part, this.#filled);
      this.#filled += part.length;
      from += part.length;
    }
  }

  /** What is to be written to an empty terminal so that it looks as it did; it makes the terminal answer nothing. */
  replay(): Uint8Array {
    const bytes = this.#kept();
    const from = this.#lost ? afterFirstLine(bytes) : 0;
    return joined([bytesOf(this.#before.repeat()), withoutQueries(bytes.subarray(from))]);
  }

  /** Whether a program has the whole screen, and draws it. */
  isOtherScreen(): boolean {
    const modes = new TerminalModes();
    modes.feed(bytesOf(this.#before.repeat()));
    modes.feed(this.#kept());
    return modes.isOtherScreen();
  }

  #kept(): Uint8Array {
    const last = this.#blocks.length - 1;
    return joined(this.#blocks.map((block, index) => (index === last ? block.subarray(0, this.#filled) : block)));
  }

  #block(): Uint8Array {
    const last = this.#blocks.at(-1);
    if (last && this.#filled < blockBytes) return last;
    if (this.#blocks.length > this.#most) {
      this.#lost = true;
      const oldest = this.#blocks.shift();
      if (oldest) this.#before.feed(oldest);
    }
    const block = new Uint8Array(blockBytes);
    this.#blocks.push(block);
    this.#filled = 0;
    return block;
  }
}

/** Where it was cut may be within a letter or an escape sequence; a line's end is in none of both. */
function afterFirstLine(bytes: Uint8Array): number {
  return bytes.subarray(0, blockBytes).indexOf(newline) + 1;
}

const newline = 0x0a;

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

function bytesOf(ascii: string): Uint8Array {
  return Uint8Array.from(ascii, (letter) => letter.charCodeAt(0));
}

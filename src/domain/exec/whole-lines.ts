/**
 * Cuts a stream of bytes at line ends, so that the lines of many nodes can share one output. Whole lines are handed
 * on in blocks as they came, whatever bytes they hold; a line still without its end is kept back, at most `limit`
 * bytes of it. What a longer line has beyond them is counted and dropped.
 */
export class WholeLines {
  readonly #limit: number;
  #kept: Uint8Array[] = [];
  #size = 0;
  #cut = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** The lines that this chunk ends, each with its newline; undefined when it ends none. */
  push(chunk: Uint8Array): Uint8Array | undefined {
    const last = chunk.lastIndexOf(newline);
    if (last === -1) {
      this.#keep(chunk);
      return undefined;
    }
    let lines = chunk.subarray(0, last + 1);
    if (this.#size > 0) {
      const first = chunk.indexOf(newline);
      this.#keep(chunk.subarray(0, first));
      lines = joined([...this.#take(), chunk.subarray(first, last + 1)]);
    }
    this.#keep(chunk.subarray(last + 1));
    return lines;
  }

  /** What is left when the stream is over, with a newline added; undefined when nothing is. */
  end(): Uint8Array | undefined {
    return this.#size === 0 ? undefined : joined([...this.#take(), Uint8Array.of(newline)]);
  }

  #keep(bytes: Uint8Array): void {
    const room = Math.min(bytes.length, this.#limit - this.#size);
    this.#cut += bytes.length - room;
    if (room === 0) return;
    this.#size += room;
    // A copy, since a few bytes would hold on to the whole buffer they were read into.
    this.#kept.push(new Uint8Array(bytes.subarray(0, room)));
    if (this.#kept.length > 256) this.#kept = [joined(this.#kept)];
  }

  #take(): Uint8Array[] {
    const parts = this.#cut === 0 ? this.#kept : [...this.#kept, new TextEncoder().encode(` [${this.#cut} bytes cut]`)];
    this.#kept = [];
    this.#size = 0;
    this.#cut = 0;
    return parts;
  }
}

const newline = 0x0a;

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

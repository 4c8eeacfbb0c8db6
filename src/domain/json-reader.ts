/** What an answer may amount to. Whoever sends more means no good, or is broken. */
export interface JsonLimits {
  /** Of the whole answer. */
  readonly bytes: number;
  /** Elements of an answer that is a list. */
  readonly elements: number;
  /** Of an answer that is no list, or of one element of a list. */
  readonly pieceBytes: number;
  /** Members and elements inside such a piece. */
  readonly pieceValues: number;
}

/** Docker's deepest answer has a dozen levels. */
const maxDepth = 64;

/**
 * Reads JSON that somebody else sends, chunk by chunk as it arrives. JSON.parse alone takes seconds for ten megabytes
 * of `[`, in which nothing else of this process runs: so size, depth and values are counted before it sees anything,
 * and a list is handed to it element by element. What it gets at once is a piece, and takes it milliseconds.
 */
export class JsonReader {
  readonly #limits: JsonLimits;
  readonly #decoder = new TextDecoder();
  /** What is known of an answer that is a list; undefined for any other, and before anything is known. */
  #elements: unknown[] | undefined;
  #piece = new Uint8Array(4096);
  #pieceBytes = 0;
  #pieceValues = 0;
  #bytes = 0;
  #depth = 0;
  #inText = false;
  #escaped = false;
  #begun = false;
  #ended = false;

  constructor(limits: JsonLimits) {
    this.#limits = limits;
  }

  /** Throws a RangeError for more than the limits allow, and a SyntaxError for what is no JSON; then read no further. */
  push(chunk: Uint8Array): void {
    this.#bytes += chunk.length;
    if (this.#bytes > this.#limits.bytes) throw tooMuch(`is longer than ${inBytes(this.#limits.bytes)}`);
    let from = 0;
    for (let at = 0; at < chunk.length; at += 1) {
      const byte = chunk[at] ?? 0;
      if (this.#inText) at = this.#readText(chunk, at);
      else if (this.#separates(byte)) {
        this.#keep(chunk.subarray(from, at));
        this.#separate(byte);
        from = at + 1;
      }
    }
    this.#keep(chunk.subarray(from));
  }

  /** The value. Throws a SyntaxError when it is no JSON, or not all of it. */
  end(): unknown {
    if (!this.#elements) return this.#takePiece();
    if (!this.#ended || !this.#isBlank()) throw new SyntaxError("what was sent is not one whole list");
    return this.#elements;
  }

  /** From `from` on, to the next quote or to the end of the chunk: most bytes are of texts, and are not looked at one by one. */
  #readText(chunk: Uint8Array, from: number): number {
    const found = chunk.indexOf(quote, from);
    const end = found === -1 ? chunk.length : found;
    let first = end;
    while (first > from && chunk[first - 1] === backslash) first -= 1;
    const backslashes = end - first + (first === from && this.#escaped ? 1 : 0);
    this.#escaped = backslashes % 2 === 1;
    if (found === -1) return end;
    if (!this.#escaped) this.#inText = false;
    this.#escaped = false;
    return end;
  }

  /** Whether this byte is of the outermost list itself, and not of what is in it. */
  #separates(byte: number): boolean {
    const first = !this.#begun && byte > blank;
    if (first) this.#begun = true;
    switch (byte) {
      case quote:
        this.#inText = true;
        return false;
      case comma:
        this.#count();
        return this.#depth === 1 && this.#elements !== undefined;
      case openList:
      case openObject:
        this.#depth += 1;
        if (this.#depth > maxDepth) throw tooMuch(`nests deeper than ${String(maxDepth)} levels`);
        this.#count();
        return first && byte === openList;
      case closeList:
      case closeObject:
        this.#depth -= 1;
        return this.#depth === 0 && this.#elements !== undefined;
      default:
        return false;
    }
  }

  #separate(byte: number): void {
    if (!this.#elements) {
      this.#elements = [];
      return;
    }
    if (byte !== comma) {
      if (this.#ended || byte !== closeList) throw new SyntaxError("a list ends where it should not");
      this.#ended = true;
      if (this.#elements.length === 0 && this.#isBlank()) return;
    }
    if (this.#elements.length >= this.#limits.elements) {
      throw tooMuch(`lists more than ${String(this.#limits.elements)} things`);
    }
    this.#elements.push(this.#takePiece());
  }

  #count(): void {
    this.#pieceValues += 1;
    const { pieceValues } = this.#limits;
    if (this.#pieceValues > pieceValues) throw tooMuch(`has more than ${String(pieceValues)} values in one piece`);
  }

  #keep(part: Uint8Array): void {
    const length = this.#pieceBytes + part.length;
    const { pieceBytes } = this.#limits;
    if (length > pieceBytes) throw tooMuch(`has a piece of more than ${inBytes(pieceBytes)}`);
    if (length > this.#piece.length) {
      const larger = new Uint8Array(Math.max(length, 2 * this.#piece.length));
      larger.set(this.#piece.subarray(0, this.#pieceBytes));
      this.#piece = larger;
    }
    this.#piece.set(part, this.#pieceBytes);
    this.#pieceBytes = length;
  }

  #isBlank(): boolean {
    return this.#piece.subarray(0, this.#pieceBytes).every((byte) => byte <= blank);
  }

  #takePiece(): unknown {
    const text = this.#decoder.decode(this.#piece.subarray(0, this.#pieceBytes));
    this.#pieceBytes = 0;
    this.#pieceValues = 0;
    return JSON.parse(text);
  }
}

const blank = 0x20;
const quote = 0x22;
const comma = 0x2c;
const openList = 0x5b;
const backslash = 0x5c;
const closeList = 0x5d;
const openObject = 0x7b;
const closeObject = 0x7d;

function tooMuch(how: string): RangeError {
  return new RangeError(`the answer ${how}`);
}

function inBytes(bytes: number): string {
  return bytes >= 1 << 20 ? `${String(bytes / (1 << 20))} MiB` : `${String(bytes)} bytes`;
}

/** What is written to a terminal in one go: little enough that an end of pictl leaves hardly anything on the way. */
const pieceBytes = 1024;

/** As much of a stream as the terminal needs. */
export interface ByteSink {
  write(bytes: Buffer, done: (error?: Error | null) => void): unknown;
}

/**
 * The way to the terminal, which may be a line of 4 kB/s: never blocks, knows whether what was written has gone, and
 * can take back what has not.
 */
export class TerminalOutput {
  readonly #sink: ByteSink;
  readonly #onIdle: () => void;
  #queue: Buffer[] = [];
  #onTheWay = false;
  /** Everything that was ever handed over, for measurements. */
  bytes = 0;

  constructor(sink: ByteSink, onIdle: () => void) {
    this.#sink = sink;
    this.#onIdle = onIdle;
  }

  /** Something has not gone yet: another frame would only come later, and be old by then. */
  get busy(): boolean {
    return this.#onTheWay || this.#queue.length > 0;
  }

  write(text: string): void {
    if (text === "") return;
    const bytes = Buffer.from(text, "utf8");
    this.bytes += bytes.length;
    for (let at = 0; at < bytes.length; at += pieceBytes) this.#queue.push(bytes.subarray(at, at + pieceBytes));
    this.#pump();
  }

  /** What has not gone yet never will. */
  discard(): void {
    this.#queue = [];
  }

  #pump(): void {
    if (this.#onTheWay) return;
    const piece = this.#queue.shift();
    if (piece === undefined) {
      this.#onIdle();
      return;
    }
    this.#onTheWay = true;
    // A terminal that has gone tells by its input and by SIGHUP.
    this.#sink.write(piece, () => {
      this.#onTheWay = false;
      this.#pump();
    });
  }
}

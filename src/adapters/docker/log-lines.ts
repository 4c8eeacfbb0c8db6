import type { LogRecord } from "../../domain/docker/facts.ts";

/**
 * Puts the lines of one stream together from docker's messages, in constant memory. A message begins with its
 * timestamp and a space; docker cuts lines of more than 16 KiB into several messages, each with a timestamp, of
 * which only the last ends in a newline. In a terminal's log nothing but their size says where those begin.
 */
export class LogLines {
  readonly #stream: LogRecord["stream"];
  readonly #tty: boolean;
  /** The beginning of a message whose timestamp has not arrived whole. */
  #head: Buffer | undefined;
  #time = "";
  #parts: Buffer[] = [];
  #size = 0;
  #cut = 0;
  #open = false;
  /** Bytes left in this message of a terminal's log. */
  #room = messageBytes;

  constructor(stream: LogRecord["stream"], options: { tty: boolean }) {
    this.#stream = stream;
    this.#tty = options.tty;
  }

  /** Yields the lines that `bytes` ends. `begins`: with these bytes a new message begins. */
  *push(bytes: Buffer, begins: boolean): Generator<LogRecord> {
    if (begins) {
      if (this.#head) yield* this.#content(this.#head);
      this.#head = Buffer.alloc(0);
      this.#room = messageBytes;
    }
    if (!this.#head) {
      yield* this.#message(bytes);
      return;
    }
    const head = Buffer.concat([this.#head, bytes]);
    if (head.length < longestStamp && !/[ \n]/.test(head.toString("latin1"))) {
      this.#head = head;
      return;
    }
    this.#head = undefined;
    const stamp = stampPattern.exec(head.toString("latin1", 0, longestStamp))?.[1];
    if (stamp !== undefined && !this.#open) this.#time = stamp;
    yield* this.#message(stamp === undefined ? head : head.subarray(stamp.length + 1));
  }

  /** Yields a last line that no newline ended. */
  *end(): Generator<LogRecord> {
    if (this.#head) yield* this.#content(this.#head);
    this.#head = undefined;
    if (this.#size > 0) yield this.#line();
  }

  *#message(bytes: Buffer): Generator<LogRecord> {
    const own = this.#tty ? bytes.subarray(0, this.#room) : bytes;
    this.#room -= own.length;
    yield* this.#content(own);
    if (own.length < bytes.length) yield* this.push(bytes.subarray(own.length), true);
  }

  *#content(bytes: Buffer): Generator<LogRecord> {
    let from = 0;
    for (let at = bytes.indexOf(newline); at !== -1; at = bytes.indexOf(newline, from)) {
      this.#keep(bytes.subarray(from, at));
      yield this.#line();
      from = at + 1;
    }
    this.#keep(bytes.subarray(from));
    this.#open = from < bytes.length || (this.#open && from === 0);
  }

  #keep(bytes: Buffer): void {
    const kept = bytes.subarray(0, maxLineBytes - this.#size);
    this.#cut += bytes.length - kept.length;
    this.#size += kept.length;
    if (kept.length > 0) this.#parts.push(kept);
    // Many tiny pieces would cost more than what they hold.
    if (this.#parts.length > 256) this.#parts = [Buffer.concat(this.#parts)];
  }

  #line(): LogRecord {
    const text = Buffer.concat(this.#parts).toString();
    const line = this.#tty ? text.replace(/\r$/, "") : text;
    const cut = this.#cut;
    this.#parts = [];
    this.#size = 0;
    this.#cut = 0;
    return { time: this.#time, stream: this.#stream, line: cut === 0 ? line : `${line} [${String(cut)} bytes cut]` };
  }
}

/** What docker's log copier takes at a time (moby daemon/logger/copier.go, defaultBufSize). */
const messageBytes = 16 * 1024;

/** A line's bytes beyond this are counted and dropped. */
const maxLineBytes = 1024 * 1024;

const newline = 0x0a;

/** `2026-01-01T00:00:00.000000000+00:00` and the space have 36. */
const longestStamp = 40;

const stampPattern = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)) /;

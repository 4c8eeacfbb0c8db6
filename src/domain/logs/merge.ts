import type { LogRecord } from "../docker/facts.ts";

export interface LogMergeOptions {
  readonly sources: number;
  /**
   * Milliseconds a record waits for earlier ones of silent sources. Infinity: until each source has said something or
   * ended, which is right for what lies in the past. Raising it orders better what nodes report late, and shows all of
   * it later.
   */
  readonly windowMs: number;
}

/**
 * Merges the records of several sources by time. Each source's own order is kept; a source that is ahead is told to
 * wait, so that memory does not grow with the logs. With a window, a source that has its queue full is a backlog and
 * is not held up by silent ones.
 */
export class LogMerge<R extends LogRecord> {
  readonly #windowMs: number;
  readonly #queues: Queue<R>[];
  /** Indexes of the sources that have something queued, as a heap: the one with the earliest record comes first. */
  readonly #heap: number[] = [];
  /** Sources that have not ended and have nothing queued. */
  #silent: number;
  #ended = 0;
  #full = 0;

  constructor({ sources, windowMs }: LogMergeOptions) {
    this.#windowMs = windowMs;
    this.#queues = Array.from({ length: sources }, () => ({ records: [], characters: 0, ended: false, full: false }));
    this.#silent = sources;
  }

  /** Every source has ended and nothing is queued. */
  get done(): boolean {
    return this.#ended === this.#queues.length && this.#heap.length === 0;
  }

  /** `nowMs` never goes back. */
  push(source: number, record: R, nowMs: number): void {
    const queue = this.#queue(source);
    queue.records.push({ record, at: nowMs });
    queue.characters += record.line.length;
    if (queue.records.length === 1) {
      this.#silent -= 1;
      this.#heap.push(source);
      this.#up(this.#heap.length - 1);
    }
    this.#weigh(queue);
  }

  end(source: number): void {
    const queue = this.#queue(source);
    if (queue.ended) return;
    queue.ended = true;
    this.#ended += 1;
    if (queue.records.length === 0) this.#silent -= 1;
  }

  /** The source may push more. */
  hasRoom(source: number): boolean {
    return !this.#queue(source).full;
  }

  /** The next record in order; undefined when it is not known yet. */
  take(nowMs: number): { source: number; record: R } | undefined {
    const source = this.#heap[0];
    if (source === undefined || this.waitMs(nowMs) > 0) return undefined;
    const queue = this.#queue(source);
    const first = queue.records.shift();
    if (!first) return undefined;
    queue.characters -= first.record.line.length;
    this.#weigh(queue);
    if (queue.records.length === 0) {
      if (!queue.ended) this.#silent += 1;
      const last = this.#heap.pop();
      if (last !== undefined && this.#heap.length > 0) this.#heap[0] = last;
    }
    this.#down();
    return { source, record: first.record };
  }

  /** Milliseconds until `take` has something even if nothing is pushed; Infinity when it never will. */
  waitMs(nowMs: number): number {
    const first = this.#heap[0];
    if (first === undefined) return Infinity;
    if (this.#silent === 0) return 0;
    if (this.#windowMs === Infinity) return Infinity;
    return this.#full > 0 ? 0 : Math.max(0, (this.#queue(first).records[0]?.at ?? 0) + this.#windowMs - nowMs);
  }

  /** Full at the limit, and no longer full at half of it, so that a source is not woken for every record. */
  #weigh(queue: Queue<R>): void {
    const { length } = queue.records;
    const share = Math.max(length / maxRecords, length > 1 ? queue.characters / maxCharacters : 0);
    if (queue.full ? share > 0.5 : share < 1) return;
    queue.full = !queue.full;
    this.#full += queue.full ? 1 : -1;
  }

  #up(start: number): void {
    for (let at = start; at > 0;) {
      const parent = (at - 1) >> 1;
      if (!this.#before(at, parent)) return;
      this.#swap(at, parent);
      at = parent;
    }
  }

  #down(): void {
    for (let at = 0; ;) {
      let least = at;
      for (const child of [2 * at + 1, 2 * at + 2]) {
        if (child < this.#heap.length && this.#before(child, least)) least = child;
      }
      if (least === at) return;
      this.#swap(at, least);
      at = least;
    }
  }

  #before(a: number, b: number): boolean {
    const [first = 0, second = 0] = [this.#heap[a], this.#heap[b]];
    const [one, other] = [this.#timeOf(first), this.#timeOf(second)];
    return one < other || (one === other && first < second);
  }

  #swap(a: number, b: number): void {
    const [first = 0, second = 0] = [this.#heap[a], this.#heap[b]];
    this.#heap[a] = second;
    this.#heap[b] = first;
  }

  #timeOf(source: number): string {
    return this.#queue(source).records[0]?.record.time ?? "";
  }

  #queue(source: number): Queue<R> {
    const queue = this.#queues[source];
    if (!queue) throw new RangeError(`there is no source ${source}`);
    return queue;
  }
}

interface Queue<R> {
  readonly records: { readonly record: R; readonly at: number }[];
  characters: number;
  ended: boolean;
  full: boolean;
}

/** What one source may be ahead. */
const maxRecords = 64;
const maxCharacters = 256 * 1024;

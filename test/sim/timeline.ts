/**
 * Virtual time. It goes on only when everything waits for it: before each step forward all promises that can settle
 * have settled, so that the code under test takes no time at all and a seed always gives the same history.
 */
export class Timeline {
  #now = 0;
  #order = 0;
  /** A binary heap, the earliest event at the top. */
  readonly #heap: Entry[] = [];
  #woken = false;

  get now(): number {
    return this.#now;
  }

  /** Calls `what` after `ms`; the function that it returns calls it off. */
  after(ms: number, what: () => void): () => void {
    const entry = { at: this.#now + Math.max(0, ms), order: this.#order++, what, off: false };
    this.#push(entry);
    return () => {
      entry.off = true;
    };
  }

  /** To be told whenever code that may await something was called. */
  woke(): void {
    this.#woken = true;
  }

  /** Goes on until `until`, in milliseconds, calling `step` after each event; ends early when `step` says false. */
  async run(until: number, step: () => boolean): Promise<void> {
    await settled();
    for (;;) {
      const next = this.#heap[0];
      if (this.#woken && (!next || next.at > this.#now)) {
        this.#woken = false;
        await settled();
        if (!step()) return;
        continue;
      }
      if (!next || next.at > until) break;
      this.#pop();
      if (next.off) continue;
      this.#now = next.at;
      next.what();
      if (!step()) return;
    }
    this.#now = until;
  }

  #push(entry: Entry): void {
    const heap = this.#heap;
    let index = heap.push(entry) - 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!isBefore(entry, heap[parent])) break;
      heap[index] = heap[parent] as Entry;
      index = parent;
    }
    heap[index] = entry;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (!last || heap.length === 0) return;
    let index = 0;
    for (;;) {
      let child = 2 * index + 1;
      if (isBefore(heap[child + 1], heap[child])) child++;
      const below = heap[child];
      if (!below || !isBefore(below, last)) break;
      heap[index] = below;
      index = child;
    }
    heap[index] = last;
  }
}

interface Entry {
  readonly at: number;
  /** What was planned first comes first. */
  readonly order: number;
  readonly what: () => void;
  off: boolean;
}

function isBefore(one: Entry | undefined, other: Entry | undefined): boolean {
  if (!one || !other) return false;
  return one.at < other.at || (one.at === other.at && one.order < other.order);
}

/** Everything that waits for nothing but promises and ticks has gone on. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

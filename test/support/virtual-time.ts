/** Time that stands still while something happens, and then jumps to the next thing. */
export class VirtualTime {
  now = 0;
  #order = 0;
  readonly #queue: { readonly at: number; readonly order: number; readonly happen: () => void }[] = [];

  /** What is due at one time happens in the order in which it was asked for. */
  after(ms: number, happen: () => void): void {
    const entry = { at: this.now + ms, order: this.#order++, happen };
    const queue = this.#queue;
    queue.push(entry);
    for (let child = queue.length - 1; child > 0;) {
      const parent = (child - 1) >> 1;
      if (!this.#before(child, parent)) break;
      this.#swap(child, parent);
      child = parent;
    }
  }

  runUntil(end: number): void {
    for (let next = this.#queue[0]; next && next.at <= end; next = this.#queue[0]) {
      this.#removeFirst();
      this.now = next.at;
      next.happen();
    }
    this.now = end;
  }

  #removeFirst(): void {
    const queue = this.#queue;
    const last = queue.pop();
    if (!last || queue.length === 0) return;
    queue[0] = last;
    for (let parent = 0; ;) {
      let least = parent;
      for (const child of [2 * parent + 1, 2 * parent + 2]) {
        if (child < queue.length && this.#before(child, least)) least = child;
      }
      if (least === parent) return;
      this.#swap(least, parent);
      parent = least;
    }
  }

  #before(a: number, b: number): boolean {
    const [one, other] = [this.#queue[a], this.#queue[b]];
    if (!one || !other) return false;
    return one.at < other.at || (one.at === other.at && one.order < other.order);
  }

  #swap(a: number, b: number): void {
    const [one, other] = [this.#queue[a], this.#queue[b]];
    if (!one || !other) return;
    [this.#queue[a], this.#queue[b]] = [other, one];
  }
}

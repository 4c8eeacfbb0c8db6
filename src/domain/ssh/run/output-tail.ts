/** Keeps the last `limit` bytes of a stream, in memory that never exceeds twice that, however it is chopped. */
export class OutputTail {
  readonly #limit: number;
  #ring = new Uint8Array(0);
  /** Where the next byte goes once the ring is full. */
  #next = 0;
  #length = 0;
  #dropped = false;

  constructor(limit: number) {
    this.#limit = Math.max(0, limit);
  }

  /** Bytes were lost from the front. */
  get truncated(): boolean {
    return this.#dropped;
  }

  push(chunk: Uint8Array): void {
    if (this.#length + chunk.length > this.#limit) this.#dropped = true;
    const kept = chunk.length > this.#limit ? chunk.subarray(chunk.length - this.#limit) : chunk;
    if (kept.length === 0) return;
    this.#grow(this.#length + kept.length);
    const size = this.#ring.length;
    const untilEnd = Math.min(kept.length, size - this.#next);
    this.#ring.set(kept.subarray(0, untilEnd), this.#next);
    this.#ring.set(kept.subarray(untilEnd), 0);
    this.#next = (this.#next + kept.length) % size;
    this.#length = Math.min(size, this.#length + kept.length);
  }

  bytes(): Uint8Array {
    const full = this.#length === this.#ring.length;
    if (!full || this.#next === 0) return this.#ring.slice(0, this.#length);
    const whole = new Uint8Array(this.#length);
    whole.set(this.#ring.subarray(this.#next));
    whole.set(this.#ring.subarray(0, this.#next), this.#length - this.#next);
    return whole;
  }

  /** Only an unwrapped ring ever grows: it wraps when it has reached the limit. */
  #grow(wanted: number): void {
    if (wanted <= this.#ring.length || this.#ring.length === this.#limit) return;
    const larger = new Uint8Array(Math.min(this.#limit, Math.max(wanted, this.#ring.length * 2, 4096)));
    larger.set(this.#ring.subarray(0, this.#length));
    this.#ring = larger;
    this.#next = this.#length % larger.length;
  }
}

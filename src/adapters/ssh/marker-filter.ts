import { OutputTail } from "../../domain/ssh/output-tail.ts";

const noiseKept = 4096;
const nothing = Buffer.alloc(0);

/** Lets through what comes after the last of its markers (each a line of its own); what came before is noise. */
export class MarkerFilter {
  readonly #expected: Buffer[];
  #carry = nothing;
  #noise = new OutputTail(noiseKept);

  constructor(markers: readonly string[]) {
    this.#expected = markers.map((marker) => Buffer.from(`${marker}\n`));
  }

  /** How many markers have not come yet. */
  get missing(): number {
    return this.#expected.length;
  }

  /** What came since the last marker, as far as it is kept. */
  noise(): string {
    return Buffer.concat([this.#noise.bytes(), this.#carry]).toString("utf8");
  }

  feed(chunk: Buffer): Buffer {
    let rest = chunk;
    for (let marker = this.#expected[0]; marker; marker = this.#expected[0]) {
      const searched = this.#carry.length === 0 ? rest : Buffer.concat([this.#carry, rest]);
      const at = searched.indexOf(marker);
      if (at < 0) {
        const kept = Math.min(searched.length, marker.length - 1);
        this.#noise.push(searched.subarray(0, searched.length - kept));
        this.#carry = Buffer.from(searched.subarray(searched.length - kept));
        return nothing;
      }
      this.#expected.shift();
      this.#carry = nothing;
      this.#noise = new OutputTail(noiseKept);
      rest = searched.subarray(at + marker.length);
    }
    return rest;
  }
}

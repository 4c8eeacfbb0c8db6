import { OutputTail } from "../../../domain/ssh/run/output-tail.ts";

const noiseKept = 4096;
const nothing = Buffer.alloc(0);
/** A marker's line holds a process id besides. */
const longestId = 20;

/** Lets through what comes after the line of the last of its markers; what came before is noise. */
export class MarkerFilter {
  /** The process ids the markers came with (`announcement`), first the outermost. */
  readonly pids: number[] = [];
  readonly #expected: Buffer[];
  #carry = nothing;
  #noise = new OutputTail(noiseKept);

  constructor(markers: readonly string[]) {
    this.#expected = markers.map((marker) => Buffer.from(`${marker} `));
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
      const found = findLine(searched, marker);
      if (!found) {
        this.#keep(searched, marker.length + longestId);
        return nothing;
      }
      this.#expected.shift();
      this.pids.push(found.pid);
      this.#carry = nothing;
      this.#noise = new OutputTail(noiseKept);
      rest = searched.subarray(found.end);
    }
    return rest;
  }

  /** The end of what has been searched may be the beginning of a marker. */
  #keep(searched: Buffer, bytes: number): void {
    const from = Math.max(0, searched.length - bytes);
    this.#noise.push(searched.subarray(0, from));
    this.#carry = Buffer.from(searched.subarray(from));
  }
}

/** A marker without a whole id behind it is a shell's trace of our own line, or has not arrived as a whole yet. */
function findLine(text: Buffer, marker: Buffer): { pid: number; end: number } | undefined {
  for (let at = text.indexOf(marker); at >= 0; at = text.indexOf(marker, at + 1)) {
    const from = at + marker.length;
    const end = text.indexOf("\n", from);
    const id = end < 0 ? "" : text.toString("latin1", from, Math.min(end, from + longestId));
    if (/^\d+$/.test(id)) return { pid: Number(id), end: end + 1 };
  }
  return undefined;
}

/**
 * SSH's data types (RFC 4251, section 5). A reader throws a RangeError where the bytes end too early, whatever they claim.
 */
export class WireReader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get position(): number {
    return this.#at;
  }

  uint32(): number {
    return Number(this.#number(4));
  }

  uint64(): bigint {
    return this.#number(8);
  }

  /** The bytes of a string; a view, not a copy. */
  string(): Uint8Array {
    const length = this.uint32();
    return this.#take(length);
  }

  text(): string {
    return new TextDecoder().decode(this.string());
  }

  #number(size: number): bigint {
    let value = 0n;
    for (const byte of this.#take(size)) value = (value << 8n) | BigInt(byte);
    return value;
  }

  #take(length: number): Uint8Array {
    const end = this.#at + length;
    if (end > this.#bytes.length) throw new RangeError("the data ends too early");
    const taken = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return taken;
  }
}

/** Strings one after the other, each behind its length. */
export function wireStrings(...parts: readonly (Uint8Array | string)[]): Uint8Array {
  const encoded = parts.map((part) => (typeof part === "string" ? new TextEncoder().encode(part) : part));
  const whole = new Uint8Array(encoded.reduce((sum, part) => sum + 4 + part.length, 0));
  let at = 0;
  for (const part of encoded) {
    new DataView(whole.buffer).setUint32(at, part.length);
    whole.set(part, at + 4);
    at += 4 + part.length;
  }
  return whole;
}

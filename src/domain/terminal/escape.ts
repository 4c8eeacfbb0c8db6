/**
 * The way out of a terminal whose line is dead, as ssh has it: `~.` at the beginning of a line, where the key itself
 * is `~~`. Until it is known what follows, a tilde is held back.
 */
export class Escape {
  #state: "line start" | "tilde" | "in line" = "line start";

  /** What is to be sent of the bytes typed, and whether the person wants to leave. */
  feed(typed: Uint8Array): { readonly send: Uint8Array; readonly leave: boolean } {
    const send: number[] = [];
    for (const byte of typed) {
      if (this.#state === "tilde" && byte === dot) return { send: Uint8Array.from(send), leave: true };
      if (this.#state === "line start" && byte === tilde) {
        this.#state = "tilde";
        continue;
      }
      // Twice means once; before anything else it was meant as it is.
      if (this.#state === "tilde" && byte !== tilde) send.push(tilde);
      send.push(byte);
      this.#state = byte === carriageReturn || byte === newline ? "line start" : "in line";
    }
    return { send: Uint8Array.from(send), leave: false };
  }
}

const tilde = 0x7e;
const dot = 0x2e;
const carriageReturn = 0x0d;
const newline = 0x0a;

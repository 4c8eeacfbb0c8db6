import type { Readable } from "node:stream";
import { OutputTail } from "../../../domain/ssh/run/output-tail.ts";
import { MarkerFilter } from "./marker-filter.ts";

export interface CapturedStreamOptions {
  readonly markers: readonly string[];
  /** Bytes kept of the end. */
  readonly keep: number;
  /** Live chunks; while the promise it returns is pending, no more are taken from the node. */
  readonly onChunk: ((chunk: Uint8Array) => void | Promise<void>) | undefined;
  /** After every arrival, noise included. */
  readonly onActivity: () => void;
  readonly onFailure: (error: unknown) => void;
}

/** One output of a command: noise dropped, the rest handed on as it comes and its tail kept. */
export class CapturedStream {
  readonly filter: MarkerFilter;
  readonly tail: OutputTail;
  readonly #source: Readable;
  readonly #options: CapturedStreamOptions;

  constructor(source: Readable, options: CapturedStreamOptions) {
    this.#source = source;
    this.#options = options;
    this.filter = new MarkerFilter(options.markers);
    this.tail = new OutputTail(options.keep);
    source.on("data", (chunk: Buffer) => {
      this.#take(chunk);
    });
  }

  text(): string {
    return Buffer.from(this.tail.bytes()).toString("utf8");
  }

  #take(chunk: Buffer): void {
    const payload = this.filter.feed(chunk);
    this.#options.onActivity();
    if (payload.length === 0) return;
    this.tail.push(payload);
    try {
      const taken = this.#options.onChunk?.(payload);
      if (taken) this.#waitFor(taken);
    } catch (error) {
      this.#options.onFailure(error);
    }
  }

  #waitFor(taken: Promise<void>): void {
    this.#source.pause();
    taken.then(() => this.#source.resume(), this.#options.onFailure);
  }
}

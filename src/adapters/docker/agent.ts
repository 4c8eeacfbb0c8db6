import { Agent, type AgentOptions, type ClientRequest, type ClientRequestArgs } from "node:http";
import type { Duplex } from "node:stream";

export interface DialAgentOptions {
  readonly dial: () => Promise<Duplex>;
  /** Milliseconds an idle connection is kept for the next request; Infinity for as long as it lives. */
  readonly idleMs: number;
}

/**
 * Lets node:http speak over any Duplex, and keeps idle ones for the next request. The callers must bound the number
 * of requests: with an asynchronous `createConnection`, http.Agent does not keep to its own `maxSockets`.
 */
export class DialAgent extends Agent {
  readonly #dial: () => Promise<Duplex>;
  readonly #idleMs: number;
  readonly #timers = new WeakMap<Duplex, NodeJS.Timeout>();

  constructor(options: DialAgentOptions) {
    // Without a name for TLS http.Agent looks for one in the Host header, with a pattern for IPv6 addresses that takes 14 ms to compile.
    super({ keepAlive: true, servername: "" } as AgentOptions);
    this.#dial = options.dial;
    this.#idleMs = options.idleMs;
  }

  override createConnection(
    _options: ClientRequestArgs,
    callback?: (error: Error | null, stream: Duplex) => void,
  ): undefined {
    this.#dial().then(
      (stream) => callback?.(null, Object.assign(stream, { ...ofSocketsOnly, ...("unref" in stream ? {} : notKept) })),
      (error: unknown) => callback?.(error as Error, undefined as never),
    );
  }

  override keepSocketAlive(stream: Duplex): boolean {
    super.keepSocketAlive(stream);
    if (this.#idleMs !== Infinity) {
      const timer = setTimeout(() => stream.destroy(), this.#idleMs);
      timer.unref();
      this.#timers.set(stream, timer);
    }
    return true;
  }

  override reuseSocket(stream: Duplex, request: ClientRequest): void {
    super.reuseSocket(stream, request);
    clearTimeout(this.#timers.get(stream));
  }
}

/** What http.Agent calls on a connection, taking it for a net.Socket. */
const ofSocketsOnly = {
  setKeepAlive: () => undefined,
  setTimeout: () => undefined,
};

/** What it calls when a connection is out of use and in use again. */
const notKept = {
  ref: () => undefined,
  unref: () => undefined,
};

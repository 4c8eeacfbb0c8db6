import type { Duplex } from "node:stream";
import type { Client } from "ssh2";

interface Internals {
  /** What is open or being opened on the line. */
  readonly _chanMgr: { readonly _channels: Readonly<Record<number, object>> };
  /** Of global requests, which are answered in their order. */
  readonly _callbacks: (() => void)[];
  readonly _protocol: { ping(): void };
}

export interface KeepaliveSettings {
  readonly intervalMs: number;
  /** How long a server may say nothing while nothing runs on its line. */
  readonly restMs: number;
  /** How many questions may stay unanswered. */
  readonly countMax: number;
}

/** Channels that are open for the next use and in none. */
const unused = new WeakSet();

/** Gives a channel what a `net.Socket` has for those who keep it for later: `unref` when it is out of use, `ref` when it is in use again. */
export function keepable(channel: Duplex): Duplex {
  return Object.assign(channel, {
    ref: () => void unused.delete(channel),
    unref: () => void unused.add(channel),
  });
}

interface Line {
  readonly client: Client;
  readonly stream: Duplex;
  /** How many intervals it may say nothing while nothing runs. */
  readonly restMax: number;
  readonly countMax: number;
  heard: boolean;
  quiet: number;
  unanswered: number;
}

/**
 * Asks servers that have said nothing for an interval whether they are there, and ends the lines of those that do not answer.
 * ssh2 does so too, but asks also while it hears of them, and has a timer for each: those of one interval are asked at once
 * here, so that a thousand lines at rest wake this process as often as one. A line on which nothing runs is asked more
 * seldom: what is sent on it next is an order with a deadline of its own, and the questions were most of what a daemon
 * with a thousand nodes did between two rounds.
 */
export class Keepalives {
  readonly #beats = new Map<number, Set<Line>>();

  /** Until the client closes. It is to be logged in. */
  watch(client: Client, stream: Duplex, { intervalMs, restMs, countMax }: KeepaliveSettings): void {
    const restMax = restMs / intervalMs;
    const line: Line = { client, stream, restMax, countMax, heard: true, quiet: 0, unanswered: 0 };
    const lines = this.#beats.get(intervalMs) ?? this.#begin(intervalMs);
    lines.add(line);
    stream.on("data", () => {
      line.heard = true;
    });
    client.once("close", () => lines.delete(line));
  }

  #begin(intervalMs: number): Set<Line> {
    const lines = new Set<Line>();
    this.#beats.set(intervalMs, lines);
    const timer = setInterval(() => {
      for (const line of lines) {
        // One may have closed before it was watched.
        if (line.stream.destroyed) lines.delete(line);
        else beat(line);
      }
      if (lines.size > 0) return;
      clearInterval(timer);
      this.#beats.delete(intervalMs);
    }, intervalMs);
    // What keeps this process is the connection.
    timer.unref();
    return lines;
  }
}

function beat(line: Line): void {
  if (line.heard) {
    line.heard = false;
    line.quiet = 0;
    line.unanswered = 0;
    return;
  }
  line.quiet += 1;
  const { _callbacks, _chanMgr, _protocol } = line.client as unknown as Internals;
  const isAtRest = line.unanswered === 0 && line.quiet < line.restMax;
  if (isAtRest && Object.values(_chanMgr._channels).every((channel) => unused.has(channel))) return;
  if (line.unanswered >= line.countMax) {
    line.client.emit("error", Object.assign(new Error("Keepalive timeout"), { level: "client-timeout" }));
    line.stream.destroy();
  } else if (line.stream.writable) {
    line.unanswered += 1;
    _callbacks.push(() => undefined);
    _protocol.ping();
  }
}

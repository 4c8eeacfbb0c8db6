import type { Duplex } from "node:stream";
import type { Client } from "ssh2";

interface Internals {
  /** Of global requests, which are answered in their order. */
  readonly _callbacks: (() => void)[];
  readonly _protocol: { ping(): void };
}

export interface KeepaliveSettings {
  readonly intervalMs: number;
  /** How many questions may stay unanswered. */
  readonly countMax: number;
}

interface Line {
  readonly client: Client;
  readonly stream: Duplex;
  readonly countMax: number;
  heard: boolean;
  unanswered: number;
}

/**
 * Asks servers that have said nothing for an interval whether they are there, and ends the lines of those that do not answer.
 * ssh2 does so too, but asks also while it hears of them, and has a timer for each: those of one interval are asked at once
 * here, so that a thousand lines at rest wake this process as often as one.
 */
export class Keepalives {
  readonly #beats = new Map<number, Set<Line>>();

  /** Until the client closes. It is to be logged in. */
  watch(client: Client, stream: Duplex, { intervalMs, countMax }: KeepaliveSettings): void {
    const line: Line = { client, stream, countMax, heard: true, unanswered: 0 };
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
    line.unanswered = 0;
  } else if (line.unanswered >= line.countMax) {
    line.client.emit("error", Object.assign(new Error("Keepalive timeout"), { level: "client-timeout" }));
    line.stream.destroy();
  } else if (line.stream.writable) {
    line.unanswered += 1;
    const { _callbacks, _protocol } = line.client as unknown as Internals;
    _callbacks.push(() => undefined);
    _protocol.ping();
  }
}

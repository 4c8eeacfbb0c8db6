import { signal } from "@preact/signals";
import type { StreamMessage, StreamTopic } from "../../http/stream/messages.ts";
import type { Failure } from "../../domain/errors.ts";
import { ask } from "../api.ts";
import { heardTime } from "./clock.ts";
import { take } from "./store.ts";

/** `live`: what is shown is as it is. `away`: it is as it was `since` then. */
export const line = signal<{ readonly state: "connecting" | "live" | "away"; readonly sinceMs: number }>({
  state: "connecting",
  sinceMs: Date.now(),
});

export interface LogLine {
  readonly container: string;
  readonly node: string;
  readonly time: string;
  readonly stream: string;
  readonly line: string;
}

interface LogWish {
  readonly topic: Extract<StreamTopic, object>;
  readonly onLines: (lines: readonly LogLine[]) => void;
  readonly onEnd: (failures: readonly Failure[]) => void;
}

let socket: WebSocket | undefined;
let wanted = false;
let tries = 0;
let expected = 0;
let logs: LogWish | undefined;
let timer: ReturnType<typeof setTimeout> | undefined;

/** Opens the one WebSocket of this tab, and again whenever it breaks. */
export function connect(): void {
  if (wanted) return;
  wanted = true;
  open();
}

export function disconnect(): void {
  wanted = false;
  clearTimeout(timer);
  socket?.close();
}

/** Follows logs over the same WebSocket; returns what ends it. */
export function follow(wish: LogWish): () => void {
  logs = wish;
  subscribe();
  return () => {
    if (logs !== wish) return;
    logs = undefined;
    subscribe();
  };
}

/** Of a WebSocket at a path relative to the page. */
export function socketAddress(path: string): URL {
  const url = new URL(path, location.href);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  url.hash = "";
  return url;
}

function open(): void {
  const mine = new WebSocket(socketAddress("api/v1/stream"));
  socket = mine;
  expected = 0;
  mine.onopen = subscribe;
  mine.onmessage = ({ data }: MessageEvent<string>) => {
    const message = JSON.parse(data) as StreamMessage;
    // A gap would be a row that is never true again: all of it anew.
    if (message.seq !== expected++) mine.close();
    else heard(message);
  };
  mine.onclose = () => {
    if (socket !== mine || !wanted) return;
    if (line.value.state !== "away") line.value = { state: "away", sinceMs: Date.now() };
    // Whether it is the session that ended; then the login shows.
    void ask("GET", "version");
    tries++;
    timer = setTimeout(open, Math.min(500 * 2 ** tries, 10_000) * (0.5 + Math.random() / 2));
  };
}

function subscribe(): void {
  if (socket?.readyState !== WebSocket.OPEN) return;
  const subscribe: StreamTopic[] = ["cluster", "stats", ...(logs ? [logs.topic] : [])];
  socket.send(JSON.stringify({ subscribe }));
}

function heard(message: StreamMessage): void {
  switch (message.kind) {
    case "cluster":
      tries = 0;
      if (line.value.state !== "live") line.value = { state: "live", sinceMs: Date.now() };
      heardTime(message.atMs);
      take(message.parts, message.first);
      break;
    case "lines":
      logs?.onLines(message.lines as readonly LogLine[]);
      break;
    case "lines-ended":
      logs?.onEnd(message.failures);
      break;
    case "refused":
      logs?.onEnd([message.failure]);
      break;
  }
}

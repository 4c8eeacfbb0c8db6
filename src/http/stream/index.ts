import type { WebSocket } from "ws";
import * as z from "zod/mini";
import { onAbort, stopForMany } from "../../abort.ts";
import { type Failure, PictlError, toFailure } from "../../domain/errors.ts";
import type { Live } from "../../watch/live.ts";
import type { Model } from "../../watch/model.ts";
import { jsonLine } from "../../view/document.ts";
import type { SocketRequest, SocketRoute } from "../listen/sockets.ts";
import type { StreamMessage, StreamTopic } from "./messages.ts";
import { partsOf } from "./parts.ts";

/** Above it nothing more of the cluster is sent, and logs are not read: the newest state goes when there is room. */
const fullBytes = 64 * 1024;
const roomEveryMs = 100;

const wish = z.strictObject({
  subscribe: z
    .array(
      z.union([
        z.enum(["cluster", "stats"]),
        z.strictObject({
          logs: z.array(z.string().check(z.maxLength(300))).check(z.maxLength(200)),
          tail: z.optional(z.int().check(z.minimum(0), z.maximum(5000))),
          grep: z.optional(z.string().check(z.maxLength(500))),
        }),
      ]),
    )
    .check(z.maxLength(10)),
});

/** Follows logs until the signal aborts; `line` may make it wait. */
export type FollowLogs = (
  wanted: { readonly logs: readonly string[]; readonly tail: number; readonly grep: string | undefined },
  request: SocketRequest,
  sink: {
    readonly signal: AbortSignal;
    readonly line: (row: object) => Promise<void>;
    readonly idle: () => Promise<void>;
  },
) => Promise<readonly Failure[]>;

/** `/stream`: everything that moves, over one WebSocket a tab. */
export function streamRoute(live: Live, followLogs: FollowLogs): SocketRoute {
  return {
    path: "/api/v1/stream",
    role: "viewer",
    open(socket, request) {
      let topics: Topics | undefined;
      const out = outbox(socket);
      socket.on("message", (data: Buffer, isBinary) => {
        const wanted = isBinary ? undefined : read(data.toString());
        if (!wanted) {
          const problem = new PictlError("request-invalid", 'A stream takes {"subscribe": [...]}, as text.');
          out.send({ kind: "refused", failure: toFailure(problem) });
          return;
        }
        topics?.end();
        topics = subscribe(wanted, { live, followLogs, out, request });
      });
      socket.once("close", () => {
        topics?.end();
        out.end();
      });
    },
  };
}

interface Topics {
  end(): void;
}

interface Outbox {
  send(message: Unnumbered): void;
  isFull(): boolean;
  /** Resolves when there is room again, or nobody is there any more. */
  room(): Promise<void>;
  end(): void;
}

type Unnumbered = StreamMessage extends infer Each ? (Each extends StreamMessage ? Omit<Each, "seq"> : never) : never;

/** Messages in order, and whether the client keeps up. */
function outbox(socket: WebSocket): Outbox {
  let seq = 0;
  let ended = false;
  const waiting: (() => void)[] = [];
  const isFull = (): boolean => socket.bufferedAmount > fullBytes;
  const timer = setInterval(() => {
    if (!isFull()) for (const go of waiting.splice(0)) go();
  }, roomEveryMs);
  return {
    send(message) {
      if (ended || socket.readyState !== socket.OPEN) return;
      socket.send(jsonLine({ seq: seq++, ...message }));
    },
    isFull,
    async room() {
      if (!ended && isFull()) await new Promise<void>((resolve) => waiting.push(resolve));
    },
    end() {
      ended = true;
      clearInterval(timer);
      for (const go of waiting.splice(0)) go();
    },
  };
}

function subscribe(
  topics: readonly StreamTopic[],
  parts: { live: Live; followLogs: FollowLogs; out: Outbox; request: SocketRequest },
): Topics {
  const leave = stopForMany();
  if (topics.includes("cluster")) watchCluster(parts.live, parts.out, leave.signal);
  if (topics.includes("stats")) onAbort(leave.signal, parts.live.watch({ uses: "all" }));
  for (const topic of topics) {
    if (typeof topic === "object") void followLines(topic, parts, leave.signal);
  }
  return {
    end: () => {
      leave.abort(new PictlError("interrupted", "Nobody looks any more."));
    },
  };
}

/** All of it first; then, whenever the client has taken what was sent, what has changed since. */
function watchCluster(live: Live, out: Outbox, signal: AbortSignal): void {
  let sent: Model | undefined;
  let waits = false;
  const send = (model: Model): void => {
    const parts = partsOf(sent, model);
    if (Object.keys(parts).length > 0) {
      out.send({ kind: "cluster", atMs: Date.now(), first: sent === undefined, parts });
    }
    sent = model;
  };
  const tick = (model: Model): void => {
    if (!out.isFull()) {
      send(model);
      return;
    }
    if (waits) return;
    waits = true;
    void out.room().then(() => {
      waits = false;
      if (!signal.aborted) send(live.current());
    });
  };
  tick(live.current());
  onAbort(signal, live.subscribe(tick));
}

const linesAtOnce = 200;

/** Lines in small heaps; while the client is behind, the nodes wait. */
async function followLines(
  topic: Extract<StreamTopic, object>,
  { followLogs, out, request }: { followLogs: FollowLogs; out: Outbox; request: SocketRequest },
  signal: AbortSignal,
): Promise<void> {
  let lines: object[] = [];
  const flush = async (): Promise<void> => {
    if (lines.length > 0 && !signal.aborted) out.send({ kind: "lines", lines });
    lines = [];
    await out.room();
  };
  const wanted = { logs: topic.logs, tail: topic.tail ?? 200, grep: topic.grep };
  const failures = await followLogs(wanted, request, {
    signal,
    line: async (row) => {
      lines.push(row);
      if (lines.length >= linesAtOnce) await flush();
    },
    idle: flush,
  }).catch((error: unknown) => [toFailure(error)]);
  await flush();
  if (!signal.aborted) out.send({ kind: "lines-ended", failures });
}

function read(text: string): readonly StreamTopic[] | undefined {
  try {
    const parsed = wish.safeParse(JSON.parse(text));
    return parsed.success ? (parsed.data.subscribe as readonly StreamTopic[]) : undefined;
  } catch {
    return undefined;
  }
}

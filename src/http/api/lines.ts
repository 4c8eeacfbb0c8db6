import { RESPONSE_ALREADY_SENT } from "@hono/node-server/utils/response";
import type { ServerResponse } from "node:http";
import { PictlError } from "../../domain/errors.ts";
import { jsonLine } from "../../view/document.ts";
import { securityHeaders } from "../guard/headers.ts";

export type LineFormat = "ndjson" | "sse";

/** An answer of many JSON objects, written as they come, straight to Node's response. */
export interface Lines {
  /** While the returned promise is pending, the client is behind. `event`: its name, for server-sent events. */
  write(value: object, event: string): void | Promise<void>;
  /** More waits for the client than it should: what can be left out, may be. */
  readonly behind: boolean;
  end(): void;
  /** Aborted when the client has left before the end. */
  readonly left: AbortSignal;
}

/** Bytes that may wait for a client before what can be left out is. */
const behindBytes = 64 * 1024;
/** Proxies cut what is quiet for a minute. */
const beatMs = 20_000;

/** `Accept` says server-sent events, else JSON lines. */
export function formatOf(accept: string | undefined): LineFormat {
  return accept?.includes("text/event-stream") === true ? "sse" : "ndjson";
}

/** The headers go out at once. */
export function openLines(outgoing: ServerResponse, format: LineFormat): Lines {
  const left = leaving(outgoing);
  outgoing.writeHead(200, {
    ...securityHeaders(),
    "content-type": format === "sse" ? "text/event-stream; charset=utf-8" : "application/x-ndjson; charset=utf-8",
    "cache-control": "no-store",
    // Of nginx: hand on what comes as it comes.
    "x-accel-buffering": "no",
  });
  outgoing.flushHeaders();
  const beat = format === "sse" ? setInterval(() => outgoing.write(":\n\n"), beatMs) : undefined;
  beat?.unref();
  outgoing.once("close", () => {
    clearInterval(beat);
  });
  const write = written(outgoing);
  return {
    left,
    get behind() {
      return outgoing.writableLength > behindBytes;
    },
    write: (value, event) =>
      write(format === "sse" ? `event: ${event}\ndata: ${jsonLine(value)}\n\n` : `${jsonLine(value)}\n`),
    end: () => {
      outgoing.end();
    },
  };
}

/** Aborts when the client has left before its answer was whole. */
export function leaving(outgoing: ServerResponse): AbortSignal {
  const controller = new AbortController();
  outgoing.once("close", () => {
    if (!outgoing.writableFinished) controller.abort(new PictlError("interrupted", "The client has left."));
  });
  return controller.signal;
}

/** Writes in order; a promise is pending while the client is behind, and no more when it has left. */
export function written(outgoing: ServerResponse): (text: string) => void | Promise<void> {
  let drained: Promise<void> | undefined;
  return (text) => {
    if (outgoing.destroyed || outgoing.writableEnded) return undefined;
    if (outgoing.write(text)) return undefined;
    drained ??= new Promise((resolve) => {
      const done = (): void => {
        outgoing.off("drain", done);
        outgoing.off("close", done);
        drained = undefined;
        resolve();
      };
      outgoing.on("drain", done);
      outgoing.on("close", done);
    });
    return drained;
  };
}

/** What hono is told of an answer that is written by hand. A new one each: hono adds headers to it. */
export function alreadySent(): Response {
  return new Response(null, { headers: RESPONSE_ALREADY_SENT.headers });
}

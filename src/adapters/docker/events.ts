import type { IncomingMessage } from "node:http";
import { abortable } from "../../abort.ts";
import type { EventsOptions } from "../../app/ports.ts";
import { engineEvent, eventsQuery, unreadEvent } from "../../domain/docker/engine/engine-events.ts";
import type { EngineEvent } from "../../domain/docker/facts.ts";
import { PictlError } from "../../domain/errors.ts";
import type { Api } from "./api.ts";

/** Labels are in an event, and seldom more than some kilobytes. */
const maxLineBytes = 256 << 10;

/** `Engine.events` */
export async function engineEvents(
  { node, api }: { readonly node: string; readonly api: Api },
  { since, signal }: EventsOptions,
): Promise<AsyncIterable<EngineEvent>> {
  const response = await api.stream(`/events?${eventsQuery(since)}`, signal);
  if (!response) throw new PictlError("docker-failed", "This Docker tells no events.", { node });
  return events(response, node, signal);
}

async function* events(response: IncomingMessage, node: string, signal: AbortSignal): AsyncGenerator<EngineEvent> {
  const chunks = response[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  const lines = new Lines();
  try {
    for (;;) {
      // The response's own end is told by the other side, and may never come.
      const next = await abortable(chunks.next(), signal);
      if (next.done) break;
      for (const line of lines.push(next.value)) yield line === undefined ? unreadEvent : engineEvent(line);
    }
  } catch (error) {
    if (signal.aborted) throw new PictlError("interrupted", "Interrupted while Docker told its events.", { node });
    throw ended(node, error);
  } finally {
    response.destroy();
  }
  throw ended(node, undefined);
}

function ended(node: string, cause: unknown): PictlError {
  return new PictlError("connection-lost", "The connection ended on which Docker told its events.", { node, cause });
}

/** Puts lines together, in bounded memory: undefined for one that is too long. */
class Lines {
  #parts: Buffer[] = [];
  #bytes = 0;

  *push(chunk: Buffer): Generator<string | undefined> {
    let rest = chunk;
    for (let end = rest.indexOf(newline); end !== -1; end = rest.indexOf(newline)) {
      this.#keep(rest.subarray(0, end));
      rest = rest.subarray(end + 1);
      const line = this.#bytes > maxLineBytes ? undefined : Buffer.concat(this.#parts).toString();
      this.#parts = [];
      this.#bytes = 0;
      if (line === undefined || line.trim() !== "") yield line;
    }
    this.#keep(rest);
  }

  #keep(part: Buffer): void {
    this.#bytes += part.length;
    if (this.#bytes > maxLineBytes) this.#parts = [];
    else if (part.length > 0) this.#parts.push(part);
  }
}

const newline = 0x0a;

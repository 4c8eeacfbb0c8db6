import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import type { EventLog } from "../../app/ports.ts";
import { PictlError } from "../../domain/errors.ts";
import type { PictlEvent } from "../../domain/events/event.ts";
import type { EventFiles } from "./files.ts";
import { linesFrom } from "./lines.ts";
import { watchFolder } from "./watch.ts";

type ReadOptions = Parameters<EventLog["read"]>[0];

/** `EventLog.read`. A file that is rotated meanwhile is read to its end, and then the new one from its beginning. */
export async function* readEvents(files: EventFiles, options: ReadOptions): AsyncGenerator<PictlEvent> {
  const { signal } = options;
  const changes = options.follow ? await watchFolder(files.folder, signal) : undefined;
  let current: EventFile | undefined;
  let previous: EventFile | undefined;
  try {
    yield* eventsOfAll(files.common, signal);
    // In this order: a rotation in between shows one file under both names, and not a gap.
    current = await openIfThere(files.current);
    previous = await openIfThere(files.older);
    if (previous && current && previous.id !== current.id) yield* previous.events(signal);
    await previous?.close();
    previous = undefined;
    if (current) yield* current.events(signal);
    await options.onCaughtUp?.();
    if (!changes) return;
    for (;;) {
      await changes.next();
      if (signal.aborted) return;
      // Who opened a file before it was rotated may still write to it.
      if (previous) yield* previous.events(signal);
      if (current) yield* current.events(signal);
      const latest = await openIfThere(files.current);
      if (!latest || latest.id === current?.id) {
        await latest?.close();
        continue;
      }
      await previous?.close();
      previous = current;
      current = latest;
      if (previous) yield* previous.events(signal);
      yield* current.events(signal);
    }
  } finally {
    changes?.close();
    await previous?.close();
    await current?.close();
  }
}

async function* eventsOfAll(paths: readonly string[], signal: AbortSignal): AsyncGenerator<PictlEvent> {
  for (const path of paths) {
    const file = await openIfThere(path);
    try {
      if (file) yield* file.events(signal);
    } finally {
      await file?.close();
    }
  }
}

/** A file read from where it was left the last time. */
class EventFile {
  readonly id: string;
  readonly #handle: FileHandle;
  #position = 0;

  constructor(handle: FileHandle, id: string) {
    this.#handle = handle;
    this.id = id;
  }

  async *events(signal: AbortSignal): AsyncGenerator<PictlEvent> {
    // Somebody emptied it.
    if ((await this.#handle.stat()).size < this.#position) this.#position = 0;
    for await (const { text, next } of linesFrom(this.#handle, this.#position)) {
      if (signal.aborted) return;
      this.#position = next;
      const event = parseEvent(text);
      if (event) yield event;
    }
  }

  close(): Promise<void> {
    return this.#handle.close();
  }
}

async function openIfThere(path: string): Promise<EventFile | undefined> {
  const opened = await openLogFile(path);
  return opened && new EventFile(opened.handle, opened.id);
}

/** Rejects with missing-prerequisite for what cannot be read; `id` tells which file it is while it is open. */
export async function openLogFile(path: string): Promise<{ handle: FileHandle; id: string } | undefined> {
  try {
    const handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    const { dev, ino, ...stats } = await handle
      .stat()
      .then((all) => ({ dev: all.dev, ino: all.ino, file: all.isFile() }));
    if (!stats.file) {
      await handle.close();
      throw new Error(`${path} is not a regular file`);
    }
    return { handle, id: `${dev}:${ino}` };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") return undefined;
    throw new PictlError("missing-prerequisite", `The event log cannot be read: ${message}.`, {
      hint: "Run pictl as the user who owns its state folder, or name another one in `state_dir`.",
      cause: error,
    });
  }
}

/** undefined for what is no event: a line torn by a full disk or a crash must not hide the others. */
export function parseEvent(text: string): PictlEvent | undefined {
  try {
    const value = JSON.parse(text) as Partial<PictlEvent> | null;
    return typeof value?.time === "string" && typeof value.type === "string" ? (value as PictlEvent) : undefined;
  } catch {
    return undefined;
  }
}

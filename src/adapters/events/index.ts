import { appendFile, mkdir, open, rename, stat } from "node:fs/promises";
import { watch } from "node:fs";
import { createInterface } from "node:readline";
import { join } from "node:path";
import type { EventLog } from "../../app/ports.ts";
import type { PictlEvent } from "../../domain/event.ts";

const rotateAtBytes = 10 * 1024 * 1024;

export interface EventLogOptions {
  readonly stateDir: string;
  readonly warn: (message: string) => void;
}

/**
 * The event log: JSON lines in `events.jsonl`, one write each (O_APPEND, so that commands and a daemon can share it),
 * moved to `events.1.jsonl` at 10 MB. Mode 0600, because causes may tell more than others should read.
 */
export function openEventLog(options: EventLogOptions): EventLog {
  const file = join(options.stateDir, "events.jsonl");
  const older = join(options.stateDir, "events.1.jsonl");
  let queue: Promise<void> = Promise.resolve();

  const write = async (event: PictlEvent): Promise<void> => {
    await mkdir(options.stateDir, { recursive: true, mode: 0o700 });
    if (await isLargerThan(file, rotateAtBytes)) await rename(file, older);
    await appendFile(file, `${JSON.stringify(event)}\n`, { mode: 0o600, flush: true } as { mode: number });
  };

  return {
    append(event) {
      queue = queue.then(() => write(event)).catch((error: unknown) => {
        options.warn(`The event log ${file} cannot be written: ${(error as Error).message}. What is done is not recorded.`);
      });
      return queue;
    },
    async *read({ follow, signal }) {
      yield* eventsOf(older);
      let position = 0;
      for (;;) {
        const changed = follow ? nextChange(options.stateDir, signal) : undefined;
        position = yield* eventsFrom(file, position);
        if (!changed || signal.aborted) return;
        await changed;
        if (await isSmallerThan(file, position)) position = 0;
      }
    },
  };
}

async function* eventsOf(path: string): AsyncGenerator<PictlEvent, void> {
  yield* eventsFrom(path, 0);
}

/** The whole lines from a byte position on; returns the position after the last of them. */
async function* eventsFrom(path: string, start: number): AsyncGenerator<PictlEvent, number> {
  let handle;
  try {
    handle = await open(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return start;
    throw error;
  }
  const { size } = await handle.stat();
  if (size <= start) {
    await handle.close();
    return start;
  }
  let position = start;
  const lines = createInterface({ input: handle.createReadStream({ start, end: size - 1 }), crlfDelay: Infinity });
  for await (const text of lines) {
    const next = position + Buffer.byteLength(text) + 1;
    // A line without its newline is still being written.
    if (next > size) break;
    position = next;
    const event = parseEvent(text);
    if (event) yield event;
  }
  return position;
}

function parseEvent(text: string): PictlEvent | undefined {
  try {
    const value = JSON.parse(text) as PictlEvent;
    return typeof value.time === "string" && typeof value.type === "string" ? value : undefined;
  } catch {
    // A line torn by a full disk or a crash must not hide the others.
    return undefined;
  }
}

/** Resolves at the next change in the folder, or when the signal aborts. Armed before the caller reads. */
function nextChange(folder: string, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) {
      resolve();
      return;
    }
    const watcher = watch(folder);
    const end = (): void => {
      watcher.close();
      signal.removeEventListener("abort", end);
      resolve();
    };
    watcher.on("change", end);
    watcher.on("error", end);
    signal.addEventListener("abort", end);
  });
}

async function isLargerThan(path: string, bytes: number): Promise<boolean> {
  return (await sizeOf(path)) > bytes;
}

async function isSmallerThan(path: string, bytes: number): Promise<boolean> {
  return (await sizeOf(path)) < bytes;
}

async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch {
    return 0;
  }
}

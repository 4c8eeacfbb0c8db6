import { createHash } from "node:crypto";
import { type FileHandle, stat } from "node:fs/promises";
import type { EventFeed, LogEntry, LogPosition } from "../../app/ports.ts";
import { type EventFiles, eventFiles } from "./files.ts";
import { linesFrom } from "./lines.ts";
import { openLogFile, parseEvent } from "./read.ts";

/** Who opened a file before it was rotated may still write to it for so long. */
const lateMs = 2000;

/** `EventFeed` over the two files of the log. */
export function openEventFeed(
  { stateDir, cluster }: { readonly stateDir: string; readonly cluster: string },
  now: () => number,
): EventFeed {
  const files = eventFiles(stateDir, cluster);
  /** The state of the files in which nothing stood behind a position: who asks twice a second need not read them each time. */
  let nothing: { readonly behind: string; readonly in: string } | undefined;
  return {
    async end() {
      await using open = await openAll(files);
      const last = open.files.at(-1);
      return last && { file: last.name, at: await endOfLines(last.handle) };
    },
    async after(position, limit) {
      const state = await stateOf(files);
      const where = JSON.stringify(position);
      if (position && nothing?.in === state && nothing.behind === where)
        return { entries: [], next: position, gap: false };
      await using open = await openAll(files);
      const found = open.files.findIndex(({ name }) => name === position?.file);
      const gap = position !== undefined && found === -1;
      let next: LogPosition | undefined = gap ? undefined : position;
      const entries: LogEntry[] = [];
      let isWhole = false;
      for (const { name, handle } of open.files.slice(Math.max(found, 0))) {
        const [from, full] = await readInto(entries, { name, handle, limit, at: next?.file === name ? next.at : 0 });
        next = { file: name, at: from };
        isWhole = name === open.files.at(-1)?.name;
        const quietMs = now() - (await handle.stat()).mtimeMs;
        // A clock that was put back must not hold anything up.
        if (full || (quietMs >= 0 && quietMs < lateMs)) break;
      }
      const isAtEnd = isWhole && entries.length === 0 && JSON.stringify(next) === where;
      nothing = isAtEnd ? { behind: where, in: state } : undefined;
      // Before there is any line, a gap has nothing after it either.
      return { entries, next: next ?? position, gap: gap && open.files.length > 0 };
    },
  };
}

/** Another one after each line, each rotation and each change of rights. */
async function stateOf({ current, older }: EventFiles): Promise<string> {
  const states = [current, older].map((path) =>
    stat(path).then(
      ({ ino, size, ctimeMs }) => [ino, size, ctimeMs],
      () => [],
    ),
  );
  return JSON.stringify(await Promise.all(states));
}

async function readInto(
  entries: LogEntry[],
  { name, handle, at, limit }: { readonly name: string; readonly handle: FileHandle; at: number; limit: number },
): Promise<[at: number, full: boolean]> {
  let position = at;
  for await (const { text, next } of linesFrom(handle, at)) {
    if (entries.length >= limit) return [position, true];
    const event = parseEvent(text);
    if (event) entries.push({ event, file: name, at: position });
    position = next;
  }
  return [position, entries.length >= limit];
}

interface LogFile {
  readonly name: string;
  readonly handle: FileHandle;
}

/** Oldest first. A file whose first line is still being written has no name yet, and counts as not there. */
async function openAll(files: EventFiles): Promise<AsyncDisposable & { readonly files: readonly LogFile[] }> {
  const handles: FileHandle[] = [];
  const found = new Map<string, LogFile>();
  const close = async (): Promise<void> => {
    for (const handle of handles) await handle.close();
  };
  try {
    // In this order: a rotation in between shows one file under both names, and not a gap.
    const current = await openLogFile(files.current);
    if (current) handles.push(current.handle);
    const older = await openLogFile(files.older);
    if (older) handles.push(older.handle);
    for (const file of [older, current]) {
      const name = file && (await nameOf(file.handle));
      if (file && name !== undefined && !found.has(name)) found.set(name, { name, handle: file.handle });
    }
  } catch (error) {
    await close();
    throw error;
  }
  return { files: [...found.values()], [Symbol.asyncDispose]: close };
}

const nameBytes = 64 * 1024;

/**
 * The digest of the first line, which no other file has: it holds the time, who did it and what. Numbers of inodes are given
 * again, and the same file has another one when it was restored.
 */
async function nameOf(handle: FileHandle): Promise<string | undefined> {
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(nameBytes), 0, nameBytes, 0);
  const read = buffer.subarray(0, bytesRead);
  const end = read.indexOf(0x0a);
  if (end === -1 && bytesRead < nameBytes) return undefined;
  const line = end === -1 ? read : read.subarray(0, end);
  return createHash("sha256").update(line).digest("hex").slice(0, 24);
}

/** After the last whole line. */
async function endOfLines(handle: FileHandle): Promise<number> {
  let { size } = await handle.stat();
  const buffer = Buffer.alloc(nameBytes);
  while (size > 0) {
    const length = Math.min(size, nameBytes);
    const { bytesRead } = await handle.read(buffer, 0, length, size - length);
    const at = buffer.subarray(0, bytesRead).lastIndexOf(0x0a);
    if (at !== -1) return size - length + at + 1;
    size -= length;
  }
  return 0;
}

import { constants } from "node:fs";
import { type FileHandle, mkdir, open, rename, stat, unlink } from "node:fs/promises";
import { setTimeout as pause } from "node:timers/promises";
import type { EventFiles } from "./files.ts";

/**
 * Appends one line in one write, so that the lines of several writers do not mix (O_APPEND). A line that somebody left
 * unfinished is ended first, or it would spoil this one.
 */
export async function appendLine(files: EventFiles, line: string, rotateAtBytes: number): Promise<void> {
  await mkdir(files.folder, { recursive: true, mode: 0o700 });
  let file = await openForAppend(files);
  try {
    if ((await file.stat()).size >= rotateAtBytes) {
      await file.close();
      await rotate(files, rotateAtBytes);
      file = await openForAppend(files);
    }
    await file.appendFile(`${(await isTorn(file)) ? "\n" : ""}${line}\n`);
  } finally {
    await file.close();
  }
}

/** A link there is not followed, and a fifo not waited for: what is no file is told. */
async function openForAppend(files: EventFiles): Promise<FileHandle> {
  const { O_RDWR, O_APPEND, O_CREAT, O_NOFOLLOW, O_NONBLOCK } = constants;
  const file = await open(files.current, O_RDWR | O_APPEND | O_CREAT | O_NOFOLLOW | O_NONBLOCK, 0o600);
  if ((await file.stat()).isFile()) return file;
  await file.close();
  throw new Error("it is not a regular file");
}

/** Whether somebody left a line unfinished. The kernel lengthens a file page by page: one that is being written is whole soon. */
async function isTorn(file: FileHandle): Promise<boolean> {
  for (let looks = 0; looks < 5; looks++) {
    if (!(await endsInMidLine(file))) return false;
    await pause(50);
  }
  return endsInMidLine(file);
}

async function endsInMidLine(file: FileHandle): Promise<boolean> {
  const { size } = await file.stat();
  if (size === 0) return false;
  const { bytesRead, buffer } = await file.read(Buffer.alloc(1), 0, 1, size - 1);
  return bytesRead === 1 && buffer[0] !== 0x0a;
}

/** A rotation takes a moment; a lock older than this was left by a crash. */
const lockLifeMs = 10_000;

/**
 * Moves the current file away, under a lock: of two writers that both find it large, the second must not move the
 * first one's new file over the old events. Who does not get the lock goes on with the file as it is.
 */
async function rotate(files: EventFiles, rotateAtBytes: number): Promise<void> {
  if (!(await lock(files.lock))) return;
  try {
    if ((await stat(files.current)).size >= rotateAtBytes) await rename(files.current, files.older);
  } finally {
    await unlink(files.lock);
  }
}

async function lock(path: string): Promise<boolean> {
  try {
    await (await open(path, "wx", 0o600)).close();
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    const abandoned = await stat(path).then(
      ({ mtimeMs }) => Date.now() - mtimeMs > lockLifeMs,
      () => false,
    );
    if (abandoned) await unlink(path).catch(() => undefined);
    return false;
  }
}

import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs";
import { join } from "node:path";
import { PictlError } from "../../domain/errors.ts";
import { contextProblem, reasonOf } from "./problem.ts";
import { type TreeEntry, fileStamp } from "./walk.ts";

export type FileEntry = Extract<TreeEntry, { kind: "file" }>;

/**
 * The data of a file of the context in chunks of at most `chunkBytes`, exactly `entry.size` bytes in all. Each is a
 * part of `buffer`, which has that size, and good until the next one.
 * Throws build-context-invalid when it cannot be read, or is no longer the file that was looked at.
 *
 * Read at once, not by threads: for files of the usual size handing each call to a thread costs several times as much as
 * the call. Whoever reads much lets others have their turn in between.
 */
export function* fileData(
  folder: string,
  entry: FileEntry,
  { signal, buffer }: { readonly signal: AbortSignal; readonly buffer: Buffer },
): Generator<Uint8Array> {
  const file = openFile(folder, entry);
  try {
    // Asking for one byte more than there should be tells the end and a file that grew without another call.
    for (let left = entry.size; ;) {
      if (signal.aborted) throw new PictlError("interrupted", "Interrupted while a build folder was read.");
      const wanted = Math.min(left + 1, chunkBytes);
      const bytesRead = readSync(file, buffer, 0, wanted, null);
      if (bytesRead > left || (bytesRead === 0 && left > 0)) throw changed(folder, entry);
      if (bytesRead > 0) yield buffer.subarray(0, bytesRead);
      left -= bytesRead;
      if (left === 0 && bytesRead < wanted) break;
    }
    if (fileStamp(fstatSync(file, { bigint: true })) !== entry.stamp) throw changed(folder, entry);
  } catch (error) {
    throw error instanceof PictlError ? error : unreadable(folder, entry, error);
  } finally {
    closeSync(file);
  }
}

export const chunkBytes = 256 * 1024;

/** Follows no link and waits for no fifo that may have taken the file's place. */
function openFile(folder: string, entry: FileEntry): number {
  try {
    return openSync(join(folder, entry.path), constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw code === "ENOENT" || code === "ELOOP" ? changed(folder, entry) : unreadable(folder, entry, error);
  }
}

function changed(folder: string, { path }: FileEntry): PictlError {
  return contextProblem(
    { folder, path },
    "changed while it was read, and docker would have got half of each",
    "Build again when nothing writes to the folder, or name the file in .dockerignore.",
  );
}

function unreadable(folder: string, { path }: FileEntry, cause: unknown): PictlError {
  const what = `cannot be read (${reasonOf(cause)})`;
  return contextProblem({ folder, path }, what, "Make it readable, or name it in .dockerignore.", cause);
}

import type { Header } from "tar-stream";
import { tarEnd, tarHeader, tarPadding } from "../../files/tar.ts";
import { chunkBytes, fileData } from "./file.ts";
import { turns } from "./turns.ts";
import type { TreeEntry } from "./walk.ts";

/**
 * The entries as a tar, with their own modes and times and root as their owner. Files are read as the tar is consumed, a
 * chunk at a time; each chunk is good until the next one.
 */
export function tarOf(folder: string, entries: readonly TreeEntry[], signal: AbortSignal): AsyncGenerator<Uint8Array> {
  return gathered(blocksOf(folder, entries, signal));
}

async function* blocksOf(
  folder: string,
  entries: readonly TreeEntry[],
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const turn = turns();
  const buffer = Buffer.allocUnsafe(chunkBytes);
  yield await tarHeader(headerOf(folderItself));
  for (const entry of entries) {
    yield await tarHeader(headerOf(entry));
    if (entry.kind !== "file") continue;
    for (const chunk of fileData(folder, entry, { signal, buffer })) {
      yield chunk;
      await turn();
    }
    yield tarPadding(entry.size);
  }
  yield tarEnd;
}

/**
 * What comes first has a plain name: docker looks at two blocks for whether it gets a tar or a Dockerfile, and does not
 * see through the pax header that other names need. Docker gives the folder a mode of its own.
 */
export const folderItself: TreeEntry = { path: ".", kind: "directory", mode: 0o755, mtimeMs: 0 };

/** Small pieces put together, since each costs a packet on its way to the node; a large one goes as it is. */
export async function* gathered(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const waiting = Buffer.allocUnsafe(2 * gatheredBytes);
  let size = 0;
  for await (const piece of pieces) {
    const large = piece.length >= gatheredBytes;
    if (!large) {
      waiting.set(piece, size);
      size += piece.length;
    }
    if (size > 0 && (large || size >= gatheredBytes)) {
      yield waiting.subarray(0, size);
      size = 0;
    }
    if (large) yield piece;
  }
  if (size > 0) yield waiting.subarray(0, size);
}

const gatheredBytes = 64 * 1024;

/** tar-stream writes seconds of 31 bits. */
const latestMs = (2 ** 31 - 1) * 1000;

export function headerOf(entry: TreeEntry): Pick<Header, "name"> & Partial<Header> {
  const mtime = new Date(Math.min(Math.max(entry.mtimeMs, 0), latestMs));
  const common = { mode: entry.mode, uid: 0, gid: 0, mtime };
  switch (entry.kind) {
    case "file":
      return { ...common, name: entry.path, type: "file", size: entry.size };
    case "directory":
      return { ...common, name: `${entry.path}/`, type: "directory", size: 0 };
    case "symlink":
      return { ...common, name: entry.path, type: "symlink", linkname: entry.target, size: 0 };
  }
}

import { type ArchiveEntry, archiveEntries } from "../../domain/delivery/archive.ts";
import type { ImageFiles } from "../../domain/delivery/stored.ts";
import { tarEnd, tarHeader, tarPadding } from "../../files/tar.ts";
import type { ImageArchive } from "../../app/ports.ts";
import type { Blobs } from "./blobs.ts";

/** `ImageStore.archive` */
export function archiveOf(
  blobs: Blobs,
  image: ImageFiles,
  { name, there }: { readonly name: string; readonly there: number },
): ImageArchive {
  const entries = archiveEntries(image, name, there);
  return {
    bytes: entries.reduce((sum, entry) => sum + ("bytes" in entry ? entry.bytes : entry.text.length), 0),
    chunks: chunksOf(blobs, entries),
  };
}

async function* chunksOf(blobs: Blobs, entries: readonly ArchiveEntry[]): AsyncGenerator<Uint8Array> {
  for (const entry of entries) {
    const size = "bytes" in entry ? entry.bytes : Buffer.byteLength(entry.text);
    yield await tarHeader({ name: entry.name, size });
    if ("bytes" in entry) yield* blobs.read(entry.digest);
    else yield Buffer.from(entry.text);
    yield tarPadding(size);
  }
  yield tarEnd;
}

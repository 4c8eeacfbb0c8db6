import { once } from "node:events";
import { extract } from "tar-stream";

export interface TarEntry {
  readonly name: string;
  readonly type: string;
  readonly mode: number;
  readonly mtime: number;
  readonly owner: string;
  readonly linkname: string | null;
  readonly data: string;
}

/** Reads a tar whole. */
export async function entriesOf(tar: AsyncIterable<Uint8Array>): Promise<TarEntry[]> {
  const reader = extract();
  const entries: TarEntry[] = [];
  const reading = (async () => {
    for await (const entry of reader) {
      const { name, type, mode, mtime, uid, gid, linkname } = entry.header;
      const chunks: Buffer[] = [];
      for await (const chunk of entry as AsyncIterable<Buffer>) chunks.push(chunk);
      const owner = `${String(uid)}:${String(gid)}`;
      entries.push({
        name,
        type,
        mode,
        mtime: mtime.getTime(),
        owner,
        linkname,
        data: Buffer.concat(chunks).toString(),
      });
    }
  })();
  for await (const chunk of tar) {
    // A chunk is good until the next one.
    if (!reader.write(Buffer.from(chunk))) await once(reader, "drain");
  }
  reader.end(null);
  await reading;
  return entries;
}

/** The paths in a tar, folders with a slash, sorted; without the folder itself. */
export async function pathsOf(tar: AsyncIterable<Uint8Array>): Promise<string[]> {
  const names = (await entriesOf(tar)).map((entry) => entry.name);
  return names.filter((name) => name !== "./").sort();
}

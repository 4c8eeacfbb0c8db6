import { createHash, randomBytes } from "node:crypto";
import { createReadStream } from "node:fs";
import { lstat, mkdir, open, readdir, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { PictlError } from "../../domain/errors.ts";

/** Files of images in one folder, each named by the digest of its bytes. */
export interface Blobs {
  /** Undefined where there is none. */
  size(digest: string): Promise<number | undefined>;
  /** Throws image-invalid in the stream, and removes it, when it is not any more what it was. */
  read(digest: string): AsyncIterable<Uint8Array>;
  write(): Promise<BlobWriter>;
  /** Removes all but these, and what was left half written, unless it has just come. Never rejects. */
  sweep(kept: ReadonlySet<string>): Promise<void>;
}

export interface BlobWriter {
  readonly bytes: number;
  append(chunk: Uint8Array): Promise<void>;
  /** Resolves to its digest. Rejects with image-invalid, and keeps nothing, where another one is `expected`. */
  finish(expected?: string): Promise<{ readonly digest: string; readonly bytes: number }>;
  /** Keeps nothing. Never rejects. */
  abandon(): Promise<void>;
}

/** What has just come may belong to a delivery that another pictl has under way. */
const settledMs = 60 * 60 * 1000;

const namePattern = /^sha256:([0-9a-f]{64})$/;

export function openBlobs(folder: string): Blobs {
  const pathOf = (digest: string): string | undefined => {
    const hex = namePattern.exec(digest)?.[1];
    return hex === undefined ? undefined : join(folder, `sha256-${hex}`);
  };
  return {
    async size(digest) {
      const path = pathOf(digest);
      const stats = path === undefined ? undefined : await lstat(path).catch(() => undefined);
      return stats?.isFile() === true ? stats.size : undefined;
    },
    async *read(digest) {
      const path = pathOf(digest);
      if (path === undefined) throw damaged(digest);
      const hash = createHash("sha256");
      for await (const chunk of createReadStream(path, { highWaterMark: 256 * 1024 }) as AsyncIterable<Buffer>) {
        hash.update(chunk);
        yield chunk;
      }
      if (`sha256:${hash.digest("hex")}` === digest) return;
      await rm(path, { force: true });
      throw damaged(digest);
    },
    write: () => startWriting(folder, pathOf),
    async sweep(kept) {
      const before = Date.now() - settledMs;
      for (const name of await readdir(folder).catch(() => [])) {
        if (kept.has(name.replace("-", ":"))) continue;
        const path = join(folder, name);
        const stats = await stat(path).catch(() => undefined);
        if (stats && stats.mtimeMs < before) await rm(path, { force: true }).catch(() => undefined);
      }
    },
  };
}

async function startWriting(folder: string, pathOf: (digest: string) => string | undefined): Promise<BlobWriter> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, `upload-${randomBytes(8).toString("hex")}`);
  const handle = await open(path, "wx", 0o600);
  const hash = createHash("sha256");
  let bytes = 0;
  let isOpen = true;
  const end = async (): Promise<void> => {
    if (isOpen) await handle.close();
    isOpen = false;
  };
  const abandon = async (): Promise<void> => {
    await end().catch(() => undefined);
    await rm(path, { force: true }).catch(() => undefined);
  };
  return {
    get bytes() {
      return bytes;
    },
    async append(chunk) {
      hash.update(chunk);
      bytes += chunk.length;
      for (let at = 0; at < chunk.length;) at += (await handle.write(chunk, at)).bytesWritten;
    },
    async finish(expected) {
      const digest = `sha256:${hash.digest("hex")}`;
      const final = pathOf(digest);
      if (final === undefined || (expected !== undefined && expected !== digest)) {
        await abandon();
        throw damaged(expected ?? digest);
      }
      try {
        await end();
        await rename(path, final);
      } catch (error) {
        await abandon();
        throw error;
      }
      return { digest, bytes };
    },
    abandon,
  };
}

function damaged(digest: string): PictlError {
  return new PictlError("image-invalid", `A file of an image is not what its name says (${digest.slice(0, 80)}).`, {
    hint: "What was damaged is not used. Say it again: the image is got anew.",
  });
}

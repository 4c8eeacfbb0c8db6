import { Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { extract } from "tar-stream";
import { readArchiveManifest } from "../../domain/delivery/archive.ts";
import { manifestOf, ociManifestType, readConfig } from "../../domain/delivery/manifest.ts";
import type { Blob, Layer } from "../../domain/delivery/stored.ts";
import { PictlError } from "../../domain/errors.ts";
import { type JsonLimits } from "../../domain/json-reader.ts";
import { readJson } from "../../files/json.ts";
import type { TakenImage } from "../../app/ports.ts";
import { ociImages } from "./archive-oci.ts";
import type { Blobs } from "./blobs.ts";

/** Files of an archive that are smaller are kept in memory until it is known what they are. */
const smallBytes = 1 << 20;
/** Of all of them together. */
const allSmallBytes = 64 << 20;

export const ofOneFile: JsonLimits = { bytes: 4 << 20, pieceBytes: 4 << 20, pieceValues: 50_000, elements: 20_000 };

interface ArchiveFile extends Blob {
  readonly compressed: boolean;
}

/** Everything that an archive has, by name. */
interface Found {
  readonly small: Map<string, Buffer>;
  readonly large: Map<string, ArchiveFile>;
  readonly links: Map<string, string>;
}

interface TakeOptions {
  readonly known?: ReadonlyMap<string, string>;
  readonly maxBytes?: number;
  /** A layer that is here, by what is in it. */
  readonly layerOf: (diffId: string) => Promise<Layer | undefined>;
}

/** `ImageStore.takeArchive`. */
export async function takeArchive(
  blobs: Blobs,
  chunks: AsyncIterable<Uint8Array>,
  { known = new Map(), maxBytes = Infinity, layerOf }: TakeOptions,
): Promise<TakenImage> {
  return takeListed(blobs, await unpack(blobs, chunks, maxBytes), { known, layerOf });
}

/** `ImageStore.takeImages`. */
export async function takeImages(
  blobs: Blobs,
  chunks: AsyncIterable<Uint8Array>,
  { layerOf }: Pick<TakeOptions, "layerOf">,
): Promise<readonly TakenImage[]> {
  const found = await unpack(blobs, chunks, Infinity);
  const platforms = await ociImages({
    json: (path) => {
      const content = found.small.get(nameOf(found, path));
      return content === undefined ? Promise.resolve(undefined) : parse(content);
    },
    take: (path) => fileNamed(blobs, found, path),
  });
  // Of one platform Docker's own list says more: its names.
  const isListed = found.small.has("manifest.json");
  return platforms.length > (isListed ? 1 : 0) ? platforms : [await takeListed(blobs, found, { layerOf })];
}

async function takeListed(
  blobs: Blobs,
  found: Found,
  { known = new Map(), layerOf }: Omit<TakeOptions, "maxBytes">,
): Promise<TakenImage> {
  const listed = found.small.get("manifest.json");
  const manifest = listed && readArchiveManifest(await parse(listed));
  if (!manifest)
    throw invalid(
      "it has neither a manifest.json with just one image in it, as `docker image save IMAGE` writes it, nor an index.json with a whole image",
    );
  const configText = found.small.get(nameOf(found, manifest.config));
  const config = configText && readConfig(await parse(configText));
  if (!configText || config?.diffIds.length !== manifest.layers.length) {
    throw invalid("the config of its image is missing, or is for no Linux");
  }
  const layers: (Layer & { compressed: boolean })[] = [];
  for (const [index, name] of manifest.layers.entries()) {
    const diffId = config.diffIds[index] ?? "";
    const file = await fileNamed(blobs, found, name);
    const here = file ?? (known.get(name) === diffId ? await layerOf(diffId) : undefined);
    if (!here) throw invalid(`its layer ${name.slice(0, 100)} is missing`);
    layers.push({ compressed: true, ...here, diffId });
  }
  const stored = await put(blobs, configText);
  const text = Buffer.from(manifestOf(stored, layers));
  const root = await put(blobs, text);
  return {
    root: root.digest,
    manifests: [{ ...root, type: ociManifestType }],
    config: stored,
    layers: layers.map(({ digest, bytes, diffId }) => ({ digest, bytes, diffId })),
    platform: config.platform,
    tags: manifest.tags,
  };
}

async function unpack(blobs: Blobs, chunks: AsyncIterable<Uint8Array>, maxBytes: number): Promise<Found> {
  const found: Found = { small: new Map(), large: new Map(), links: new Map() };
  let small = 0;
  let all = 0;
  const count = (bytes: number): void => {
    all += bytes;
    if (all > maxBytes) throw invalid("it is larger than the image");
  };
  const unpacking = extract();
  const source = Readable.from(await inflated(chunks));
  source.on("error", (error) => {
    unpacking.destroy(error);
  });
  source.pipe(unpacking);
  try {
    for await (const entry of unpacking) {
      const { name, type, size, linkname } = entry.header;
      const path = tidy(name);
      if ((type === "symlink" || type === "link") && typeof linkname === "string") {
        found.links.set(path, tidy(type === "link" ? linkname : `${path}/../${linkname}`));
        entry.resume();
      } else if (type !== "file") entry.resume();
      else if (size < smallBytes) {
        small += size;
        if (small > allSmallBytes) throw invalid("it has too many small files");
        count(size);
        const content: Buffer[] = [];
        for await (const chunk of entry as AsyncIterable<Buffer>) content.push(chunk);
        found.small.set(path, Buffer.concat(content));
      } else {
        const writer = await blobs.write();
        let compressed: boolean | undefined;
        try {
          for await (const chunk of entry as AsyncIterable<Buffer>) {
            compressed ??= isCompressed(chunk);
            count(chunk.length);
            await writer.append(chunk);
          }
        } catch (error) {
          await writer.abandon();
          throw error;
        }
        found.large.set(path, { ...(await writer.finish()), compressed: compressed ?? false });
      }
    }
  } catch (error) {
    if (error instanceof PictlError) throw error;
    const { message } = error as Error;
    throw invalid(
      /^Invalid tar header/.test(message) ? "it is no tar archive" : `it cannot be read: ${message}`,
      error,
    );
  } finally {
    source.destroy();
  }
  return found;
}

/** The same chunks, unpacked where they are a .tar.gz. */
async function inflated(chunks: AsyncIterable<Uint8Array>): Promise<AsyncIterable<Uint8Array>> {
  const iterator = chunks[Symbol.asyncIterator]();
  const first = await iterator.next();
  const whole = async function* (): AsyncGenerator<Uint8Array> {
    if (first.done === true) return;
    yield first.value;
    yield* { [Symbol.asyncIterator]: () => iterator };
  };
  if (first.done === true || !isCompressed(first.value)) return whole();
  const source = Readable.from(whole());
  const gunzip = createGunzip();
  source.on("error", (error) => {
    gunzip.destroy(error);
  });
  return source.pipe(gunzip) as AsyncIterable<Uint8Array>;
}

function isCompressed(chunk: Uint8Array): boolean {
  return chunk[0] === 0x1f && chunk[1] === 0x8b;
}

async function fileNamed(blobs: Blobs, found: Found, name: string): Promise<ArchiveFile | undefined> {
  const path = nameOf(found, name);
  const small = found.small.get(path);
  if (small) return { ...(await put(blobs, small)), compressed: isCompressed(small) };
  return found.large.get(path);
}

/** Docker before 25 writes a layer that comes twice as a link. */
function nameOf({ links }: Found, name: string): string {
  const path = tidy(name);
  return links.get(path) ?? path;
}

/** `a/b` for `./a/x/../b`. */
function tidy(path: string): string {
  const parts: string[] = [];
  for (const part of path.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "" && part !== ".") parts.push(part);
  }
  return parts.join("/");
}

async function put(blobs: Blobs, content: Buffer): Promise<Blob> {
  const writer = await blobs.write();
  await writer.append(content);
  return writer.finish();
}

async function parse(content: Buffer): Promise<unknown> {
  return readJson(Readable.from([content]), ofOneFile).catch(() => undefined);
}

function invalid(why: string, cause?: unknown): PictlError {
  return new PictlError("image-invalid", `The image cannot be taken: ${why}.`, {
    hint: "Say it again. If it comes again, look at the node that gives the image: `docker image save IMAGE` there.",
    cause,
  });
}

import { Readable } from "node:stream";
import { filesOf, readManifest } from "../../domain/delivery/manifest.ts";
import { blobsOf, type ImageFiles } from "../../domain/delivery/stored.ts";
import { readJson } from "../../files/json.ts";
import type { DoorPurpose } from "../../app/ports.ts";
import { ofOneFile } from "./archive-in.ts";
import type { Blobs, BlobWriter } from "./blobs.ts";

interface Pushed {
  readonly type: string;
  readonly json: unknown;
  readonly bytes: number;
}

/** What one door of the registry leads to: one image that is given, or one that is taken. */
export class Room {
  readonly gives: ImageFiles | undefined;
  /** Of files that went through the door. */
  bytes = 0;
  readonly #blobs: Blobs;
  readonly #given: ReadonlySet<string>;
  readonly #maxBytes: number;
  readonly #manifests = new Map<string, Pushed>();
  readonly #tags = new Map<string, string>();
  readonly #uploads = new Map<string, BlobWriter>();

  constructor(blobs: Blobs, purpose: DoorPurpose) {
    this.#blobs = blobs;
    this.gives = "gives" in purpose ? purpose.gives : undefined;
    this.#given = new Set(this.gives ? blobsOf(this.gives).map(({ digest }) => digest) : []);
    this.#maxBytes = "takes" in purpose ? purpose.takes.maxBytes : 0;
  }

  /** Undefined for what is not there, and for what is nobody's business here. */
  async size(digest: string): Promise<number | undefined> {
    return this.gives && !this.#given.has(digest) ? undefined : this.#blobs.size(digest);
  }

  /** By digest or tag. */
  async manifest(
    reference: string,
  ): Promise<{ readonly digest: string; readonly type: string; readonly bytes: number } | undefined> {
    if (this.gives) return this.gives.manifests.find(({ digest }) => digest === reference);
    const digest = this.#tags.get(reference) ?? reference;
    const found = this.#manifests.get(digest);
    return found && { digest, type: found.type, bytes: found.bytes };
  }

  /** Only of what is given. */
  async *read(digest: string): AsyncGenerator<Uint8Array> {
    if (!this.#given.has(digest)) return;
    for await (const chunk of this.#blobs.read(digest)) {
      this.bytes += chunk.length;
      yield chunk;
    }
  }

  async beginUpload(id: string): Promise<void> {
    this.#uploads.set(id, await this.#blobs.write());
  }

  /** How many bytes of it there are; undefined where there is no such upload. Throws a RangeError for too many. */
  async upload(id: string, chunks: AsyncIterable<Uint8Array>): Promise<number | undefined> {
    const writer = this.#uploads.get(id);
    if (!writer) return undefined;
    for await (const chunk of chunks) {
      this.bytes += chunk.length;
      if (this.bytes > this.#maxBytes) throw new RangeError("more was pushed than the image has");
      await writer.append(chunk);
    }
    return writer.bytes;
  }

  /** Rejects with image-invalid where it has another digest. */
  async endUpload(id: string, digest: string): Promise<void> {
    const writer = this.#uploads.get(id);
    this.#uploads.delete(id);
    await writer?.finish(digest);
  }

  async abandonUpload(id: string): Promise<void> {
    await this.#uploads.get(id)?.abandon();
    this.#uploads.delete(id);
  }

  /** Resolves to its digest; undefined for what is no manifest. */
  async putManifest(reference: string, content: Buffer, type: string): Promise<string | undefined> {
    const json = await readJson(Readable.from([content]), ofOneFile).catch(() => undefined);
    if (readManifest(json) === undefined) return undefined;
    const writer = await this.#blobs.write();
    await writer.append(content);
    const { digest, bytes } = await writer.finish(reference.startsWith("sha256:") ? reference : undefined);
    this.#manifests.set(digest, { type, json, bytes });
    this.#tags.set(reference, digest);
    return digest;
  }

  /** `Door.taken` */
  async taken(): Promise<ImageFiles | undefined> {
    const root = [...this.#tags].findLast(([reference]) => !reference.startsWith("sha256:"))?.[1];
    if (root === undefined) return undefined;
    const contents = [...this.#manifests.values()].map(({ json }) => readManifest(json));
    const images = contents.flatMap((each) => (each?.kind === "image" ? [each] : []));
    const sizes = new Map<string, number>([...this.#manifests].map(([digest, { bytes }]) => [digest, bytes]));
    for (const { digest } of images.flatMap(({ config, layers }) => [config, ...layers])) {
      const size = await this.#blobs.size(digest);
      if (size !== undefined) sizes.set(digest, size);
    }
    const configs = new Map<string, unknown>();
    for (const { config } of images) {
      const json = await readJson(this.#blobs.read(config.digest), ofOneFile).catch(() => undefined);
      configs.set(config.digest, json);
    }
    return filesOf(root, {
      manifest: (digest) => this.#manifests.get(digest),
      config: (digest) => configs.get(digest),
      size: (digest) => sizes.get(digest),
    });
  }

  async close(): Promise<void> {
    for (const id of [...this.#uploads.keys()]) await this.abandonUpload(id);
  }
}

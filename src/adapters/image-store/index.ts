import * as z from "zod/mini";
import { join } from "node:path";
import type { Clock, ImageStore, SharedState } from "../../app/ports.ts";
import {
  blobsOf,
  type Layer,
  noImages,
  storedFor,
  type StoredImage,
  type StoredImages,
  withImage,
} from "../../domain/delivery/stored.ts";
import { PictlError } from "../../domain/errors.ts";
import { type Schema, schemaOf } from "../../files/schema.ts";
import { takeArchive, takeImages } from "./archive-in.ts";
import { archiveOf } from "./archive-out.ts";
import { openBlobs } from "./blobs.ts";
import { openDoors } from "./doors.ts";
import { whyUnwritten } from "../../files/unwritten.ts";

export interface ImageStoreOptions {
  /** Where the files lie, in a folder `blobs`. */
  readonly stateDir: string;
  readonly index: SharedState<StoredImages>;
  /** Of the nodes (`doorPort`). */
  readonly port: number;
  readonly clock: Pick<Clock, "now">;
  /** Of all files together; what one image has beyond it stays until the next one comes. */
  readonly maxBytes?: number;
}

/** As much as some ten images of a small cluster, and little enough for an SD card. */
const defaultMaxBytes = 2 * 1024 ** 3;

const blob = { digest: z.string(), bytes: z.number() };

export const storedImages: Schema<StoredImages> = schemaOf(
  z.object({
    images: z.array(
      z.object({
        name: z.string(),
        context: z.nullable(z.string()),
        usedAtMs: z.number(),
        platform: z.string(),
        root: z.string(),
        manifests: z.array(z.object({ ...blob, type: z.string() })),
        config: z.object(blob),
        layers: z.array(z.object({ ...blob, diffId: z.string() })),
      }),
    ),
  }),
);

/** Images as files of the state folder, and the ways to nodes and back. */
export function openImageStore(options: ImageStoreOptions): ImageStore {
  const { index, clock, port, maxBytes = defaultMaxBytes } = options;
  const folder = join(options.stateDir, "blobs");
  const blobs = openBlobs(folder);
  const read = async (): Promise<StoredImages> => (await index.read()) ?? noImages;
  const isWhole = async (image: StoredImage): Promise<boolean> => {
    const sizes = await Promise.all(
      blobsOf(image).map(async ({ digest, bytes }) => (await blobs.size(digest)) === bytes),
    );
    return sizes.every(Boolean);
  };
  const layerOf = async (diffId: string): Promise<Layer | undefined> => {
    const layers = (await read()).images.flatMap((image) => image.layers).filter((each) => each.diffId === diffId);
    for (const layer of layers) if ((await blobs.size(layer.digest)) === layer.bytes) return layer;
    return undefined;
  };
  const refuse = (error: unknown): never => {
    throw error instanceof PictlError ? error : unwritable(folder, error);
  };
  return {
    async find(wanted) {
      const found = storedFor(await read(), wanted);
      return found && (await isWhole(found)) ? found : undefined;
    },
    async keep(image) {
      const now: StoredImage = { ...image, usedAtMs: clock.now() };
      const { images } = await index.update((known = noImages) => withImage(known, now, maxBytes));
      await blobs.sweep(new Set(images.flatMap(blobsOf).map(({ digest }) => digest)));
      return now;
    },
    async diffIds() {
      const layers = (await read()).images.flatMap((image) => image.layers);
      const here = await Promise.all(
        layers.map(async ({ digest, bytes, diffId }) => ((await blobs.size(digest)) === bytes ? [diffId] : [])),
      );
      return new Set(here.flat());
    },
    openDoor: openDoors(blobs, port),
    archive: (image, how) => archiveOf(blobs, image, how),
    takeArchive: (chunks, how = {}) => takeArchive(blobs, chunks, { ...how, layerOf }).catch(refuse),
    takeImages: (chunks) => takeImages(blobs, chunks, { layerOf }).catch(refuse),
  };
}

function unwritable(folder: string, error: unknown): PictlError {
  return new PictlError("state-write-failed", `${folder} cannot be written: ${whyUnwritten(error)}.`, {
    hint: "Make room there, or set `state_dir` in the config to a folder that this user may write.",
    cause: error,
  });
}

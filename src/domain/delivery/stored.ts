import { runsOneOf } from "../docker/engine/architecture.ts";

/** One file of an image: a manifest, its config, a layer. */
export interface Blob {
  /** `sha256:…` of its bytes. */
  readonly digest: string;
  readonly bytes: number;
}

export interface Layer extends Blob {
  /** `sha256:…` of what is in it when it is unpacked: the same however it was compressed. */
  readonly diffId: string;
}

export interface Manifest extends Blob {
  readonly type: string;
}

/** An image whose files are on this machine, all of them. */
export interface ImageFiles {
  /** The manifest that it is pulled by: its own, or the list that has it. */
  readonly root: string;
  /** The root, and its own. */
  readonly manifests: readonly Manifest[];
  readonly config: Blob;
  /** The lowest first. */
  readonly layers: readonly Layer[];
  /** As Docker names it: `amd64`, `arm/v7`. */
  readonly platform: string;
}

export interface StoredImage extends ImageFiles {
  /** What nodes call it, tag and all. */
  readonly name: string;
  /** Digest of the folder that it was built from; null for one that was not built here. */
  readonly context: string | null;
  /** When it was last put here or taken from here, Unix time in milliseconds. */
  readonly usedAtMs: number;
}

export interface StoredImages {
  readonly images: readonly StoredImage[];
}

export const noImages: StoredImages = { images: [] };

export interface WantedImage {
  readonly name: string;
  /** Digest of its build folder; null for whatever was last called so. */
  readonly context: string | null;
  /** `uname -m` of the node. */
  readonly machine: string;
}

/** The image that a node can be given; undefined where there is none. */
export function storedFor({ images }: StoredImages, wanted: WantedImage): StoredImage | undefined {
  return images
    .filter(({ name, context }) => name === wanted.name && (wanted.context === null || context === wanted.context))
    .filter(({ platform }) => runsOneOf(wanted.machine, [platform]))
    .toSorted((a, b) => b.usedAtMs - a.usedAtMs)[0];
}

/**
 * The images with one more, or the same one used again, and without those that were used longest ago where all together
 * have more than `maxBytes`. What was put there last stays, however large.
 */
export function withImage({ images }: StoredImages, image: StoredImage, maxBytes: number): StoredImages {
  const isSame = (each: StoredImage): boolean =>
    each.name === image.name && each.context === image.context && each.platform === image.platform;
  const kept: StoredImage[] = [image];
  const others = images.filter((each) => !isSame(each)).toSorted((a, b) => b.usedAtMs - a.usedAtMs);
  for (const each of others) {
    if (bytesOf([...kept, each]) > maxBytes) break;
    kept.push(each);
  }
  return { images: kept };
}

/** The files of an image. */
export function blobsOf({ manifests, config, layers }: ImageFiles): readonly Blob[] {
  return [...manifests, config, ...layers];
}

/** What the files of these take; one that several have is there once. */
function bytesOf(images: readonly ImageFiles[]): number {
  const sizes = new Map(images.flatMap(blobsOf).map(({ digest, bytes }) => [digest, bytes]));
  return [...sizes.values()].reduce((sum, bytes) => sum + bytes, 0);
}

/** What Docker may call the image itself: the digest of its config, or of a manifest where it keeps those. */
export function idsOf({ root, manifests, config }: ImageFiles): ReadonlySet<string> {
  return new Set([config.digest, root, ...manifests.map(({ digest }) => digest)]);
}

/** How many of an image's layers, from the lowest on, a node has that has images of these layers. */
export function layersThere(layers: readonly Pick<Layer, "diffId">[], there: readonly (readonly string[])[]): number {
  const common = there.map((diffIds) => {
    const differs = layers.findIndex(({ diffId }, index) => diffIds[index] !== diffId);
    return differs === -1 ? layers.length : differs;
  });
  return Math.max(0, ...common);
}

import { archivedNames } from "../../domain/delivery/archive.ts";
import { filesOf, readManifest, typeOf } from "../../domain/delivery/manifest.ts";
import type { Blob, ImageFiles } from "../../domain/delivery/stored.ts";
import type { TakenImage } from "../../app/ports.ts";

/** Files of an archive. */
export interface ArchiveFiles {
  /** The JSON of a small file; undefined where there is none of that name, or it is no JSON. */
  json(path: string): Promise<unknown>;
  /** Puts a file among the blobs; undefined where there is none of that name. */
  take(path: string): Promise<Blob | undefined>;
}

/** Lists of lists are nothing that anybody makes on purpose. */
const deepest = 3;

interface Found {
  readonly digest: string;
  readonly json: unknown;
}

/**
 * The images of an OCI layout, as `docker buildx build --output type=oci` and `skopeo copy … oci-archive:` write it, and Docker from
 * 25 on beside its own list: one for each platform whose files are all there and are what they are called.
 */
export async function ociImages(files: ArchiveFiles): Promise<readonly TakenImage[]> {
  const index = await files.json("index.json");
  const tags = archivedNames(index);
  const images: TakenImage[] = [];
  for (const { digest, json } of await manifestsIn(index, files, 0)) {
    const image = await imageOf({ digest, json }, files);
    if (image) images.push({ ...image, tags });
  }
  return images;
}

async function manifestsIn(json: unknown, files: ArchiveFiles, depth: number): Promise<readonly Found[]> {
  const content = readManifest(json);
  if (content?.kind !== "list" || depth > deepest) return [];
  const found: Found[] = [];
  for (const { digest, platform } of content.manifests) {
    // What only tells how it was made.
    if (platform.startsWith("unknown")) continue;
    const next = await files.json(pathOf(digest));
    if (readManifest(next)?.kind === "image") found.push({ digest, json: next });
    else found.push(...(await manifestsIn(next, files, depth + 1)));
  }
  return found;
}

async function imageOf({ digest, json }: Found, files: ArchiveFiles): Promise<ImageFiles | undefined> {
  const content = readManifest(json);
  if (content?.kind !== "image") return undefined;
  const sizes = new Map<string, number>();
  for (const each of [digest, content.config.digest, ...content.layers.map((layer) => layer.digest)]) {
    if (sizes.has(each)) continue;
    const blob = await files.take(pathOf(each));
    if (blob?.digest !== each) return undefined;
    sizes.set(each, blob.bytes);
  }
  const config = await files.json(pathOf(content.config.digest));
  return filesOf(digest, {
    manifest: (name) => (name === digest ? { type: typeOf(json), json } : undefined),
    config: () => config,
    size: (name) => sizes.get(name),
  });
}

function pathOf(digest: string): string {
  return `blobs/${digest.replace(":", "/")}`;
}

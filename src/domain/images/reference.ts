import type { ImageFacts } from "../docker/facts.ts";
import { PictlError } from "../errors.ts";
import { familiarName } from "../registry/reference.ts";

/** What a user calls an image by: a name, alone or with a tag or a digest, or an id or the beginning of one. */

const idPattern = /^(?:sha256:)?([0-9a-f]{4,64})$/;

/** What docker takes for a reference, less what it would take for an option. */
const namePattern = /^[A-Za-z0-9][A-Za-z0-9._:/@-]*$/;

/** Throws usage for what cannot be a reference. */
export function checkReference(reference: string): string {
  if (reference.length <= 512 && namePattern.test(reference)) return reference;
  const shown = JSON.stringify(reference.length > 60 ? `${reference.slice(0, 60)}…` : reference);
  throw new PictlError("usage", `${shown} is no image: expected NAME, NAME:TAG, NAME@DIGEST or an id.`, {
    hint: "`pictl images` lists the images of every node.",
  });
}

/** Whether the layout means this image by that reference: its name, its digest in a registry, or its id. */
export function isNamed(image: Pick<ImageFacts, "id" | "tags" | "digests">, reference: string): boolean {
  const digest = reference.split("@")[1];
  if (digest === undefined) return image.tags.includes(familiarName(reference)) || image.id === reference;
  return image.digests.some((name) => name.endsWith(`@${digest}`)) || image.id === digest;
}

/** An image and those of its names that are meant: all its tags when it is called by its id. */
export interface Meant {
  readonly image: ImageFacts;
  readonly names: readonly string[];
}

/**
 * The image of a node that a reference means, as docker would find it: by name first, `latest` where there is no tag.
 * Undefined when there is none, or when the beginning of an id fits several. A digest means the tags that its
 * repository gives the image, with which docker forgets the digest.
 */
export function findImage(reference: string, images: readonly ImageFacts[]): Meant | undefined {
  const name = familiarName(reference);
  const named = images.find((image) => image.tags.includes(name) || image.digests.includes(name));
  if (named) {
    const repository = name.split("@")[0] ?? "";
    const tags = named.tags.filter((tag) => tag === name || tag.slice(0, tag.lastIndexOf(":")) === repository);
    return { image: named, names: tags.length > 0 ? tags : [name] };
  }
  const id = idPattern.exec(reference)?.[1];
  if (id === undefined) return undefined;
  const fitting = images.filter((image) => image.id.replace(/^sha256:/, "").startsWith(id));
  const [only] = fitting;
  return only && fitting.length === 1 ? { image: only, names: only.tags } : undefined;
}

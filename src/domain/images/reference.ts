import { tagged } from "../container/wanted.ts";
import type { ImageFacts } from "../docker/facts.ts";
import { PictlError } from "../errors.ts";

/** What a user calls an image by: a name with or without a tag, or an id or the beginning of one. */

const idPattern = /^(?:sha256:)?([0-9a-f]{4,64})$/;

/** What docker takes for a reference, less what it would take for an option. */
const namePattern = /^[A-Za-z0-9][A-Za-z0-9._:/@-]*$/;

/** Throws usage for what cannot be a reference. */
export function checkReference(reference: string): string {
  if (reference.length <= 512 && namePattern.test(reference)) return reference;
  const shown = JSON.stringify(reference.length > 60 ? `${reference.slice(0, 60)}…` : reference);
  throw new PictlError("usage", `${shown} is no image: expected NAME, NAME:TAG or an id.`, {
    hint: "`pictl images` lists the images of every node.",
  });
}

/** Whether the layout means this image by that reference: its name, its digest in a registry, or its id. */
export function isNamed(image: Pick<ImageFacts, "id" | "tags" | "digests">, reference: string): boolean {
  const digest = reference.split("@")[1];
  if (digest === undefined) return image.tags.includes(tagged(reference)) || image.id === reference;
  return image.digests.includes(digest) || image.id === digest;
}

/** An image and those of its tags that are meant: all of them when it is called by its id. */
export interface Meant {
  readonly image: ImageFacts;
  readonly tags: readonly string[];
}

/**
 * The image of a node that a reference means, as docker would find it: by name first, `latest` where there is no tag.
 * Undefined when there is none, or when the beginning of an id fits several.
 */
export function findImage(reference: string, images: readonly ImageFacts[]): Meant | undefined {
  const name = tagged(reference);
  const named = images.find((image) => image.tags.includes(name));
  if (named) return { image: named, tags: [name] };
  const id = idPattern.exec(reference)?.[1];
  if (id === undefined) return undefined;
  const fitting = images.filter((image) => image.id.replace(/^sha256:/, "").startsWith(id));
  const [only] = fitting;
  return only && fitting.length === 1 ? { image: only, tags: only.tags } : undefined;
}

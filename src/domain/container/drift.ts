import type { ContainerFacts, ImageFacts } from "../docker/facts.ts";
import { labels } from "../docker/labels.ts";
import { isNamed } from "../images/reference.ts";

/** In what a container differs from what the config wants now. */
export type Drift = "arguments" | "image";

/**
 * `wanted.digest` is of the arguments, undefined when nobody knows them; `wanted.image` is the reference. A node that
 * has no image of that name cannot tell. What nobody can tell counts as unchanged.
 */
export function drift(
  facts: ContainerFacts,
  images: readonly ImageFacts[],
  wanted: { readonly digest: string | undefined; readonly image: string },
): readonly Drift[] {
  const image = imageNamed(images, wanted.image);
  return [
    ...([undefined, facts.labels[labels.digest]].includes(wanted.digest) ? [] : (["arguments"] as const)),
    ...(image === undefined || image.id === facts.imageId ? [] : (["image"] as const)),
  ];
}

export function imageNamed(images: readonly ImageFacts[], reference: string): ImageFacts | undefined {
  return images.find((image) => isNamed(image, reference));
}

import type { Placement } from "../config/types.ts";
import { imageOf } from "../container/drift/wanted.ts";
import type { ContainerFacts, ImageFacts } from "../docker/facts.ts";
import { isNamed } from "./reference.ts";

/** What there is on one node, and what the layout wants there. */
export interface NodeImages {
  readonly images: readonly ImageFacts[];
  readonly containers: readonly ContainerFacts[];
  /** Those of this node. */
  readonly placements: readonly Placement[];
}

export interface ImageUse {
  readonly image: ImageFacts;
  /** Containers of the layout that run it. */
  readonly wantedBy: readonly string[];
  /** Containers on the node that were made from it, running or not, ours or not. */
  readonly usedBy: readonly string[];
}

/** Every image of a node with who needs it: those with a name first, by name, then the dangling ones, newest first. */
export function imagesInUse({ images, containers, placements }: NodeImages): readonly ImageUse[] {
  const users = new Map<string, string[]>();
  for (const { imageId, name } of containers) {
    const known = users.get(imageId);
    if (known) known.push(name);
    else users.set(imageId, [name]);
  }
  return [...images].sort(byName).map((image) => ({
    image,
    wantedBy: wantedBy(image, placements),
    usedBy: users.get(image.id) ?? [],
  }));
}

/** The containers of the layout that run an image which is called so. */
export function wantedBy(
  names: Pick<ImageFacts, "id" | "tags" | "digests">,
  placements: readonly Placement[],
): readonly string[] {
  return placements.filter((each) => isNamed(names, imageOf(each))).map((each) => each.container);
}

function byName(a: ImageFacts, b: ImageFacts): number {
  const [left, right] = [a.tags[0], b.tags[0]];
  if (left === undefined || right === undefined) {
    return Number(left === undefined) - Number(right === undefined) || b.createdAt - a.createdAt;
  }
  return left < right ? -1 : Number(left > right);
}

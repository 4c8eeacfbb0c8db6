import type { ContainerFacts, ImageFacts } from "../docker/facts.ts";
import { PictlError } from "../errors.ts";
import { familiarName } from "../registry/reference.ts";
import { shortId } from "../text.ts";
import { type NodeImages, wantedBy } from "./list.ts";
import { findImage } from "./reference.ts";

/** One image to be removed from a node, or some of its names to be taken from it. */
export interface Removal {
  readonly image: ImageFacts;
  /** What to tell docker to remove: names, or the id of an image that has none. */
  readonly targets: readonly string[];
}

export interface RemovalPlan {
  readonly removals: readonly Removal[];
  /** References that the node has no image for. */
  readonly absent: readonly string[];
  readonly refusals: readonly PictlError[];
}

/**
 * What removing these references means on a node. An image is refused (image-in-use) while a container of the layout
 * or any container of the node needs it; `force` overrides that, but never for a container that runs. While other
 * names of the image stay, only what goes by the names that are meant needs them.
 */
export function planRemovals(references: readonly string[], state: NodeImages, force: boolean): RemovalPlan {
  const absent: string[] = [];
  const meant = new Map<ImageFacts, Set<string>>();
  for (const reference of references) {
    const found = findImage(reference, state.images);
    if (found) meant.set(found.image, new Set([...(meant.get(found.image) ?? []), ...found.names]));
    else absent.push(reference);
  }
  const removals: Removal[] = [];
  const refusals: PictlError[] = [];
  for (const [image, names] of meant) {
    const refusal = whyNot({ image, names: [...names] }, state, force);
    if (refusal) refusals.push(refusal);
    else removals.push({ image, targets: names.size > 0 ? [...names] : [image.id] });
  }
  return { removals, absent, refusals };
}

interface Candidate {
  readonly image: ImageFacts;
  readonly names: readonly string[];
}

function whyNot({ image, names }: Candidate, state: NodeImages, force: boolean): PictlError | undefined {
  const name = names.length > 0 ? names.join(", ") : shortId(image.id);
  const stays = image.tags.some((tag) => !names.includes(tag));
  const users = state.containers.filter((facts) =>
    stays ? names.includes(familiarName(facts.image)) : facts.imageId === image.id,
  );
  const active = users.find(isActive);
  if (active && !stays) {
    return inUse(
      `${name} is in use: the container ${active.name} runs on it.`,
      `Stop and remove that container first; \`--force\` does not help.`,
      active.name,
    );
  }
  if (force) return undefined;
  const [wanted] = wantedBy(stays ? { id: "", tags: names, digests: names } : image, state.placements);
  if (wanted !== undefined) {
    return inUse(
      `The layout needs ${name} here, for the container ${wanted}.`,
      "Take the container out of the layout first, or use `--force`; `pictl build` or `pictl pull` brings it back.",
      wanted,
    );
  }
  const [user] = users;
  if (user) {
    return inUse(
      `${name} is in use: the container ${user.name} (${user.state}) was made from it.`,
      "Remove that container first, or use `--force`.",
      user.name,
    );
  }
  return undefined;
}

function isActive({ state }: ContainerFacts): boolean {
  return state === "running" || state === "paused" || state === "restarting";
}

function inUse(message: string, hint: string, container: string): PictlError {
  return new PictlError("image-in-use", message, { container, hint });
}

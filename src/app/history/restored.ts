import { imageNamed } from "../../domain/container/drift/drift.ts";
import type { Placement } from "../../domain/config/types.ts";
import type { ImageFacts } from "../../domain/docker/facts.ts";
import { PictlError } from "../../domain/errors.ts";
import { keptFor, type PlacementRecord } from "../../domain/history/records.ts";
import type { Restored } from "../../domain/history/rollback.ts";

/**
 * What a placement was made from, with a reference by which its node still has the image, so that nothing is got anew: the one
 * of then where it means the same still, else the tag that was given to it. Throws image-missing where the node has it no
 * more, and unknown-container where its arguments were not kept.
 */
export function restored(
  placement: Pick<Placement, "container" | "node">,
  record: PlacementRecord,
  images: readonly ImageFacts[],
): Restored {
  const { container, node } = placement;
  const { entry, imageId, image } = record;
  if (!entry) {
    throw new PictlError("unknown-container", `What ${container} was made from on ${node} was not kept.`, {
      container,
      node,
      hint: "Its arguments hold what may be a password. Change the entry by hand (`pictl container edit`).",
    });
  }
  if (imageNamed(images, image)?.id === imageId) return { entry, image: entry.image };
  const kept = images.find(({ id }) => id === imageId)?.tags.find((tag) => keptFor(tag)?.container === container);
  if (kept !== undefined) return { entry, image: kept };
  throw new PictlError("image-missing", `${node} has the image of that ${container} no more.`, {
    container,
    node,
    hint: `It was ${image}${imageId === null ? "" : ` (${imageId.slice(0, 19)})`}. Put that into the entry by hand (\`pictl container edit\`), to have it built or pulled.`,
  });
}

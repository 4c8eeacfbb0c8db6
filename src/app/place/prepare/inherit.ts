import type { Placement } from "../../../domain/config/types.ts";
import { imageNamed } from "../../../domain/container/drift/drift.ts";
import { type Inheritance, inherit } from "../../../domain/container/inherit.ts";
import { imageOf } from "../../../domain/container/drift/wanted.ts";
import type { ContainerFacts, ImageFacts, VolumeMount } from "../../../domain/docker/facts.ts";
import type { Engine, Ports } from "../../ports.ts";

/** What a container takes over from the one whose place it takes. Rejects as asking Docker does. */
export async function inheritVolumes(
  engine: Engine,
  {
    placement,
    from,
    containers,
    images,
  }: {
    readonly placement: Placement;
    readonly from: ContainerFacts | undefined;
    /** All that are on its node. */
    readonly containers: readonly ContainerFacts[];
    readonly images: readonly ImageFacts[];
  },
): Promise<Inheritance> {
  if (!from || from.volumes.length === 0) return { args: placement.args, left: [] };
  const image = imageNamed(images, imageOf(placement));
  const declared = image && (await engine.declares(image.id)).volumes;
  const { args, left } = inherit(placement.args, { volumes: from.volumes, declared });
  // A container may have its volumes from another one, which keeps them.
  const others = containers
    .filter((each) => each.id !== from.id)
    .flatMap((each) => each.volumes.map(({ name }) => name));
  return { args, left: left.filter(({ name }) => !others.includes(name)) };
}

/** Names what a replaced container had and its successor has no place for. */
export function tellLeft(
  ports: Pick<Ports, "progress">,
  { container, node }: Placement,
  left: readonly VolumeMount[],
): void {
  for (const { name, target } of left) {
    ports.progress.warn(
      `What ${container} had at ${target} stays on ${node} in a volume that nothing uses now: ` +
        `\`-v ${name}:${target}\` in its arguments brings it back.`,
    );
  }
}

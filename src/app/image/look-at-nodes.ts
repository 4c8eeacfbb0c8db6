import { type BuildFlags, planBuild } from "../../domain/build/plan.ts";
import { imageNamed } from "../../domain/container/drift/drift.ts";
import type { ImageNode } from "../../domain/delivery/ways.ts";
import { labels } from "../../domain/docker/labels.ts";
import { type Failure, toFailure } from "../../domain/errors.ts";
import type { Observer } from "../kit/observe/observer.ts";

export interface SeenNode extends ImageNode {
  /** Digest of the folder that its present image was built from; null where it has none, or nobody knows. */
  readonly before: string | null;
}

/** What nodes have of an image that is built here. Who wants it and cannot be asked is a failure; others are left out. */
export async function lookAtNodes(
  observe: Observer,
  {
    image,
    context,
    wanting,
    others,
    rebuildUnseen,
    flags,
  }: {
    readonly image: string;
    readonly context: string | undefined;
    readonly wanting: readonly string[];
    readonly others: readonly string[];
    readonly rebuildUnseen: boolean;
    readonly flags: BuildFlags;
  },
): Promise<{ readonly seen: readonly SeenNode[]; readonly failures: readonly Failure[] }> {
  const failures: Failure[] = [];
  const look = async (node: string): Promise<readonly SeenNode[]> => {
    const wants = wanting.includes(node);
    try {
      const images = wants ? await observe.images(node) : await observe.imagesSoon(node);
      if (!images) return [];
      const plan = planBuild({ image, images, context, rebuildUnseen }, flags);
      const before = imageNamed(images, image)?.labels[labels.context] ?? null;
      return [{ node, wants, plan, before, machine: undefined }];
    } catch (error) {
      if (wants) failures.push(toFailure(error, { node, container: image }));
      return [];
    }
  };
  const first = (await Promise.all(wanting.map(look))).flat();
  // Nobody has to be asked for what nobody lacks.
  if (context === undefined || !first.some(({ plan }) => plan.build)) return { seen: first, failures };
  const all = [...first, ...(await Promise.all(others.map(look))).flat()];
  const seen = await Promise.all(
    all.map(async (each) => ({ ...each, machine: await observe.machine(each.node).catch(() => undefined) })),
  );
  return { seen, failures };
}

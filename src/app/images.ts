import type { Config, NodeSpec } from "../domain/config/types.ts";
import { imagesInUse, type NodeImages } from "../domain/images/list.ts";
import { type Early, fanOut, type FanOut } from "./kit/fan-out.ts";
import { looking, lookWithin } from "./kit/observe/looking.ts";
import type { Ports } from "./ports.ts";
import type { Report } from "./kit/report.ts";

export interface ImageRow {
  readonly node: string;
  readonly id: string;
  /** None for a dangling image. */
  readonly tags: readonly string[];
  readonly sizeBytes: number;
  /** RFC 3339. */
  readonly createdAt: string;
  readonly ageMs: number;
  /** Containers of the layout that run it on this node. */
  readonly wantedBy: readonly string[];
  /** Containers on the node that were made from it. */
  readonly usedBy: readonly string[];
  readonly dangling: boolean;
}

/** Every image of every node, with what needs it. */
export async function listImages(
  ports: Ports,
  input: {
    readonly config: Config;
    readonly nodes: readonly NodeSpec[];
    /** Told once what is known of the nodes that have answered, while others let one wait. */
    readonly onEarly?: ((result: { images: readonly ImageRow[] }) => void) | undefined;
  },
): Promise<Report<{ images: readonly ImageRow[] }>> {
  const { onEarly } = input;
  const rows = (results: readonly ImageLook[]): { images: readonly ImageRow[] } => {
    const now = ports.clock.now();
    return { images: results.flatMap(({ node, state }) => imageRows(node.name, state, now)) };
  };
  const early = onEarly && {
    clock: ports.clock,
    tell: (results: readonly ImageLook[]) => {
      onEarly(rows(results));
    },
  };
  const { results, failures } = await lookAtImages(ports, input, early);
  return { result: rows(results), failures };
}

export interface ImageLook {
  readonly node: NodeSpec;
  readonly state: NodeImages;
}

/** The rows of one node. */
export function imageRows(node: string, state: NodeImages, nowMs: number): readonly ImageRow[] {
  return imagesInUse(state).map(({ image, wantedBy, usedBy }) => ({
    node,
    id: image.id,
    tags: image.tags,
    sizeBytes: image.sizeBytes,
    createdAt: new Date(image.createdAt * 1000).toISOString(),
    ageMs: Math.max(0, nowMs - image.createdAt * 1000),
    wantedBy,
    usedBy,
    dangling: image.tags.length === 0,
  }));
}

/** The images and containers of every node, and what the layout places there. */
export function lookAtImages(
  ports: Ports,
  { config, nodes }: { readonly config: Config; readonly nodes: readonly NodeSpec[] },
  early?: Early<NodeSpec, ImageLook>,
): Promise<FanOut<ImageLook>> {
  return fanOut(ports, nodes, {
    early,
    place: (node) => ({ node: node.name }),
    work: (node) =>
      looking(ports, node.name, () =>
        lookWithin(ports, node.name, async (signal) => {
          const engine = await ports.engines.on(node, signal);
          const [images, containers] = await Promise.all([engine.images(), engine.containers()]);
          const placements = config.placements.filter((placement) => placement.node === node.name);
          return { node, state: { images, containers, placements } };
        }),
      ),
  });
}

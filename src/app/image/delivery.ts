import type { Config } from "../../domain/config/types.ts";
import type { StoredImage } from "../../domain/delivery/stored.ts";
import { familiarName } from "../../domain/registry/reference.ts";
import { onceEach } from "../../once.ts";
import { nodeOf } from "../kit/observe/observer.ts";
import { reach, type Reached } from "../kit/reach.ts";
import type { Engine, Ports } from "../ports.ts";
import { collectImage } from "./collect.ts";
import { handOut } from "./hand-out.ts";

/** One image on its way from one node, or from this machine, to others. */
export interface Delivery {
  /** Brings it to this machine: once for each node that it is taken from. */
  collect(from: string, say: (progress: string) => void): Promise<StoredImage>;
  /** `from`: the node that has it; null: it lies on this machine. Resolves to the bytes that went to the node. */
  give(
    to: string,
    from: string | null,
    say: (progress: string) => void,
  ): Promise<{ readonly bytes: number; readonly image: StoredImage }>;
}

export interface Delivered {
  readonly config: Config;
  readonly name: string;
  /** Digest of the folder that it was built from; null where it is known by its name alone. */
  readonly context: string | null;
}

export function openDelivery(
  ports: Pick<Ports, "imageStore" | "nodes" | "engines" | "signal">,
  { config, name, context }: Delivered,
): Delivery {
  const open = (node: string): Promise<Reached> => reach(ports, nodeOf(config, node));
  const collect: Delivery["collect"] = onceEach(async (from, say) =>
    collectImage(ports, { ...(await open(from)), name, context, say }),
  );
  const kept = async (engine: Engine): Promise<StoredImage> => {
    const { architecture: machine } = await engine.info();
    const image = await ports.imageStore.find({ name: familiarName(name), context, machine });
    if (!image) throw new RangeError(`the image ${name} is not on this machine`);
    return image;
  };
  return {
    collect,
    async give(to, from, say) {
      const side = await open(to);
      const image = await (from === null ? kept(side.engine) : collect(from, say));
      const done = await handOut(ports, { ...side, image, name: familiarName(name), say });
      // So that it is not among the first to go. Where that cannot be written down, it goes earlier.
      if (from === null) await ports.imageStore.keep(image).catch(() => undefined);
      return { image, ...done };
    },
  };
}

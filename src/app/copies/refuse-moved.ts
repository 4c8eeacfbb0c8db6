import type { Placement } from "../../domain/config/types.ts";
import { PictlError } from "../../domain/errors.ts";
import type { Ports } from "../ports.ts";

/** Whether the layout, as it is now, has the container on that node. Rejects with config-invalid while the config is broken. */
export async function isPlaced(
  ports: Pick<Ports, "latestConfig">,
  { container, node }: Pick<Placement, "container" | "node">,
): Promise<boolean> {
  const { placements } = await ports.latestConfig();
  return placements.some((each) => each.container === container && each.node === node);
}

/**
 * For under the lock: throws unknown-container when the layout, as it is now, no longer has the container on that node,
 * because somebody has moved it since this was decided. Rejects with config-invalid while the config is broken.
 */
export async function refuseMoved(
  ports: Pick<Ports, "latestConfig">,
  place: Pick<Placement, "container" | "node">,
): Promise<void> {
  if (await isPlaced(ports, place)) return;
  const { container, node } = place;
  throw new PictlError("unknown-container", `${container} is not on ${node} any more, as the layout says by now.`, {
    container,
    node,
    hint: "Nothing was done there. `pictl status` shows what runs where.",
  });
}

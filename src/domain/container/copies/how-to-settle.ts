import type { Config } from "../../config/types.ts";
import { type CopyElsewhere, howToSettle, runsElsewhere } from "./elsewhere.ts";
import { type Generations, placedOf } from "./generations.ts";
import { generationOf, isOurs } from "./ownership.ts";
import type { ContainerStatus, NodeState } from "../status.ts";

/**
 * What to do about copies of a container on two nodes, for the row of one of them; undefined where there is only one, or
 * what is told of the row itself says it all. Nothing tells to remove the newest copy as if it were a left-over.
 */
export function howToSettleCopies(
  config: Pick<Config, "cluster" | "placements">,
  row: ContainerStatus,
  { states, generations }: { readonly states: ReadonlyMap<string, NodeState>; readonly generations: Generations },
): string | undefined {
  const placed = placedOf(generations, row.copyOf);
  const found = new Map([...states].map(([node, { containers }]) => [node, containers]));
  if (row.wanted) {
    if (row.state !== "missing" && row.state !== "stopped") return undefined;
    const copy = runsElsewhere(config, row, { found, floor: row.generation ?? 0 });
    return copy && howToSettle(row, copy, placed);
  }
  if (row.container !== row.copyOf) return undefined;
  const places = config.placements.filter(({ container }) => container === row.container);
  const [place] = places;
  const copy = copyOf(row, states);
  if (!place || !copy) return undefined;
  const newer = places.some((each) =>
    states
      .get(each.node)
      ?.containers.some(
        (facts) =>
          facts.name === row.container && isOurs(facts, config.cluster) && generationOf(facts) > copy.generation,
      ),
  );
  if (!newer) return howToSettle(place, copy, placed);
  if (copy.generation === 0) {
    return `Its label does not tell how old it is, so \`pictl daemon\` leaves it alone; \`pictl delete ${row.container}@${row.node}\` removes it, and leaves its volumes.`;
  }
  return `It is an old copy, which \`pictl daemon\` removes by itself; \`pictl delete ${row.container}@${row.node}\` does it now, and leaves its volumes.`;
}

function copyOf(row: ContainerStatus, states: ReadonlyMap<string, NodeState>): CopyElsewhere | undefined {
  const facts = states.get(row.node)?.containers.find(({ id }) => id === row.containerId);
  return facts && { node: row.node, facts, generation: row.generation ?? 0 };
}

import type { Config, Placement } from "../../config/types.ts";
import { isOurs } from "../../container/copies/ownership.ts";
import type { VolumeMount } from "../../docker/facts.ts";
import { formatLocalData, ownData } from "../../move/local-data.ts";
import { keyOf, type RoundFacts } from "../facts.ts";
import type { Memory } from "../memory.ts";

/** What this round has seen of volumes, and for what it could not see what was known before. */
export function rememberVolumes(before: Memory["volumes"], config: Config, round: RoundFacts): Memory["volumes"] {
  const movable = new Set(config.constraints.map(({ container }) => container));
  return Object.fromEntries(
    config.placements.flatMap((place) => {
      const facts = round.nodes[place.node];
      const there = facts?.state === "up" ? facts.containers : [];
      const seen = there.find((each) => each.name === place.container && isOurs(each, config.cluster));
      const volumes = seen?.volumes ?? before[keyOf(place)] ?? [];
      return movable.has(place.container) && volumes.length > 0 ? [[keyOf(place), volumes]] : [];
    }),
  );
}

/** Why a container must not leave its node unasked, in words; undefined when no data of its own lies there. */
export function dataLeftBehind(placement: Placement, volumes: readonly VolumeMount[]): string | undefined {
  const data = ownData(placement, volumes);
  if (data.length === 0) return undefined;
  return `its data lies on its node: ${data.map(formatLocalData).join("; ")}; say \`"shared": true\` in its layout entry if other nodes see the same data, or can do without it`;
}

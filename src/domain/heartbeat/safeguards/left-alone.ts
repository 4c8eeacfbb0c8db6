import type { Config, Placement } from "../../config/types.ts";
import { isDone } from "../../container/create.ts";
import { runsElsewhere, whereItRuns } from "../../container/copies/elsewhere.ts";
import { placedOf } from "../../container/copies/generations.ts";
import { isAlive } from "../../container/stop/grace.ts";
import { generationOf, isOurs } from "../../container/copies/ownership.ts";
import { markOf, whoStopped } from "../../container/stop/stop-mark.ts";
import type { ContainerFacts } from "../../docker/facts.ts";
import { keyOf, type RoundFacts } from "../facts.ts";
import type { Memory } from "../memory.ts";

type Place = Pick<Placement, "container" | "node">;

/** What this round has seen of who wants what stopped, and for nodes that it could not see what was known before. */
export function rememberStopped(before: Memory["stopped"], config: Config, round: RoundFacts): Memory["stopped"] {
  return Object.fromEntries(
    config.placements.flatMap((place): [string, string][] => {
      const facts = round.nodes[place.node];
      const known = before[keyOf(place)];
      if (facts?.state !== "up") return known === undefined ? [] : [[keyOf(place), known]];
      const found = copyOf(config, round, place);
      const mark = markOf(facts.stopped ?? [], found);
      return mark && found && !isAlive(found) ? [[keyOf(place), whoStopped(mark)]] : [];
    }),
  );
}

/** Why a container that does not run is as it should be, or none of the heartbeat's business. */
export interface LeftAlone {
  readonly rule: "stopped" | "one-off" | "runs-elsewhere";
  readonly message: string;
}

/**
 * Why nothing is to be done about a container that its check finds failing; undefined when it is to be repaired, or moved.
 * Somebody has stopped it; it is meant to end; or a copy that is not older runs where the layout does not have it, so that
 * whatever is started would be a second one.
 */
export function leftAlone(config: Config, memory: Memory, round: RoundFacts, place: Place): LeftAlone | undefined {
  const stopped = memory.stopped[keyOf(place)];
  if (stopped !== undefined) return { rule: "stopped", message: stopped };
  const copy = copyOf(config, round, place);
  const placement = config.placements.find((each) => keyOf(each) === keyOf(place));
  if (placement?.oneOff === true) {
    return { rule: "one-off", message: copy && isDone(copy) ? "it is done" : "it is run once, and by hand" };
  }
  if (copy && isAlive(copy)) return undefined;
  const found = new Map<string, readonly ContainerFacts[]>(
    Object.entries(round.nodes).map(([node, facts]) => [node, facts.state === "up" ? facts.containers : []]),
  );
  // Of a copy that cannot be seen, only what the layout has placed is known.
  const unseen = round.nodes[place.node]?.state === "up" ? 0 : placedOf(round.generations, place.container);
  const other = runsElsewhere(config, place, { found, floor: copy ? generationOf(copy) : unseen });
  return (
    other && {
      rule: "runs-elsewhere",
      message: `${place.container} runs ${whereItRuns(place, other)}, and a second copy is not started: \`pictl status ${place.container}\` tells what to do`,
    }
  );
}

function copyOf(config: Config, round: RoundFacts, { container, node }: Place): ContainerFacts | undefined {
  const facts = round.nodes[node];
  const there = facts?.state === "up" ? facts.containers : [];
  return there.find((each) => each.name === container && isOurs(each, config.cluster));
}

import type { Config, Placement } from "../../config/types.ts";
import type { ContainerFacts } from "../../docker/facts.ts";
import { labels } from "../../docker/labels.ts";
import { PictlError } from "../../errors.ts";
import { isNameOf } from "../../place/names.ts";
import { quote } from "../../shell.ts";
import { isAlive } from "../stop/grace.ts";
import { generationOf, isOurs } from "./ownership.ts";

/** A copy of a container that runs on a node where the layout does not have it, or under another name. */
export interface CopyElsewhere {
  readonly node: string;
  readonly facts: ContainerFacts;
  readonly generation: number;
}

/**
 * The newest copy that runs on another node than the layout has the container on, or there under a name that somebody gave
 * it by hand (its label tells), and that is not older than `floor`: while there is one, starting the container would make two. `found` has what is on the nodes that answer.
 */
export function runsElsewhere(
  config: Pick<Config, "cluster" | "placements">,
  { container, node }: Pick<Placement, "container" | "node">,
  { found, floor }: { readonly found: ReadonlyMap<string, readonly ContainerFacts[]>; readonly floor: number },
): CopyElsewhere | undefined {
  const places = new Set(config.placements.filter((each) => each.container === container).map((each) => each.node));
  // A machine may stand in the config under two names.
  const known = new Set([...places, node].flatMap((place) => (found.get(place) ?? []).map(({ id }) => id)));
  const copies = [...found].flatMap(([place, containers]) =>
    containers
      .filter((each) => isAlive(each) && isOurs(each, config.cluster))
      .filter((each) =>
        place === node
          ? isRenamed(each, container)
          : !places.has(place) && !known.has(each.id) && (each.name === container || isRenamed(each, container)),
      )
      .map((facts): CopyElsewhere => ({ node: place, facts, generation: generationOf(facts) })),
  );
  return copies.filter(({ generation }) => generation >= floor).sort((a, b) => b.generation - a.generation)[0];
}

function isRenamed({ name, labels: { [labels.container]: made } }: ContainerFacts, container: string): boolean {
  return made === container && !isNameOf(container, name);
}

/** Where it runs, as the end of a sentence. */
export function whereItRuns({ container }: Pick<Placement, "container">, { node, facts }: CopyElsewhere): string {
  return facts.name === container
    ? `on ${node}, where the layout does not have it`
    : `on ${node} under the name ${facts.name}`;
}

/** `placed`: the greatest generation that this layout is known to have placed. */
export function runsElsewhereError(
  { container, node }: Pick<Placement, "container" | "node">,
  copy: CopyElsewhere,
  placed: number,
): PictlError {
  return new PictlError(
    "runs-elsewhere",
    `${container} runs ${whereItRuns({ container }, copy)}; no second copy was started on ${node}.`,
    { container, node, hint: howToSettle({ container, node }, copy, placed) },
  );
}

/** What somebody is to do about a copy that runs where the layout does not have it. */
export function howToSettle(
  { container, node }: Pick<Placement, "container" | "node">,
  { node: other, facts, generation }: CopyElsewhere,
  placed: number,
): string {
  const made = new Date(facts.createdAt * 1000).toISOString().slice(0, 16);
  const away = `If it is not needed any more: \`pictl delete ${facts.name}@${other}\`, then \`pictl create ${container}@${node}\`.`;
  if (facts.name !== container) {
    return `\`docker rename ${quote(facts.name)} ${container}\` on ${other} gives it its name back. ${away}`;
  }
  return generation > placed
    ? `That copy was made at ${made}Z, and this layout never had it there: this config seems to be an older one. Take the newer one, or put the entry under ${other}. ${away}`
    : `The entry has gone from ${other} to ${node} in the file only. Put it back under ${other}, and \`pictl move ${container} ${node}\` takes it there, and asks for its data. ${away}`;
}

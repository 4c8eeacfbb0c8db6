import type { Config } from "../config/types.ts";
import { type Generations, placedOf } from "../container/generations.ts";
import { generationOf, isOurs } from "../container/ownership.ts";
import type { ContainerFacts } from "../docker/facts.ts";
import { labels } from "../docker/labels.ts";
import { safety } from "../safety.ts";
import type { NodeFacts } from "./facts.ts";

export interface StaleCopy {
  readonly node: string;
  readonly container: string;
  readonly id: string;
  readonly generation: number;
  /** `older`: than a copy where the layout has it. `left`: by the layout, for a place where an older copy runs. */
  readonly why: "older" | "left";
}

/**
 * Copies of our containers on nodes where the layout does not have them, and which another one stands for where the
 * layout does. That is a newer one: what a node brings back that was dead during a failover. Or it is an older one that
 * runs, when the layout of this controller has placed a copy as new as the stray, and so has left it since: somebody
 * changed their mind twice. A layout that has not may be an old one, and removes nothing that is newer than its own. A
 * copy without a successor is never stale, whatever the layout says: it may be the only one.
 */
export function staleCopies(
  config: Config,
  nodes: Readonly<Record<string, NodeFacts>>,
  generations: Generations,
): readonly StaleCopy[] {
  if (!safety["generation-clean-up"]) return [];
  const copies = Object.entries(nodes).flatMap(([node, facts]) =>
    facts.state === "up"
      ? facts.containers.filter((each) => isOurs(each, config.cluster)).map((each) => copyOf(node, each))
      : [],
  );
  const places = new Set(config.placements.map(({ container, node }) => `${container}@${node}`));
  const isWanted = (copy: Copy): boolean => places.has(`${copy.container}@${copy.node}`);
  const wanted = copies.filter(isWanted);
  // A machine may stand in the config under two names.
  const wantedIds = new Set(wanted.map((copy) => copy.id));
  return copies
    .filter((copy) => !isWanted(copy) && !wantedIds.has(copy.id))
    .flatMap(({ runs: _runs, ...copy }): StaleCopy[] => {
      const successors = wanted.filter((each) => each.container === copy.container);
      if (successors.some((each) => each.generation > copy.generation)) return [{ ...copy, why: "older" }];
      const left = copy.generation <= placedOf(generations, copy.container);
      const stoodFor = successors.some((each) => each.runs && each.generation < copy.generation);
      return left && stoodFor ? [{ ...copy, why: "left" }] : [];
    });
}

interface Copy extends Omit<StaleCopy, "why"> {
  readonly runs: boolean;
}

function copyOf(node: string, facts: ContainerFacts): Copy {
  // The name it has in the layout, also while it is put aside under another one.
  const container = facts.labels[labels.container] ?? facts.name;
  const runs = facts.state === "running" && facts.name === container;
  return { node, container, id: facts.id, generation: generationOf(facts), runs };
}

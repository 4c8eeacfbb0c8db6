import type { Config } from "../config/types.ts";
import { type Generations, placedOf } from "../container/generations.ts";
import { generationOf, isOurs } from "../container/ownership.ts";
import type { ContainerFacts } from "../docker/facts.ts";
import { labels } from "../docker/labels.ts";
import { safety } from "../safety.ts";
import { keyOf, type NodeFacts } from "./facts.ts";

export interface StaleCopy {
  readonly node: string;
  readonly container: string;
  readonly id: string;
  readonly generation: number;
  /** `older`: than the copies that stand for it. `left`: by the layout, for a place where an older copy runs. */
  readonly why: "older" | "left";
}

/**
 * Copies of our containers on nodes where the layout does not have them, and which others stand for. That is a newer one
 * where the layout has it: what a node brings back that was dead during a failover. Or as many newer ones that run as
 * the layout has places, wherever: the layout was changed again before the copy at its new place had been seen. Or it is
 * an older one that runs where the layout has it, when the layout of this controller has placed a copy as new as the
 * stray, and so has left it since: somebody changed their mind twice. A layout that has not may be an old one, and
 * removes nothing that is newer than its own. A copy without a successor is never stale, whatever the layout says: it may
 * be the only one.
 */
export function staleCopies(
  config: Config,
  nodes: Readonly<Record<string, NodeFacts>>,
  generations: Generations,
): readonly StaleCopy[] {
  if (!safety["generation-clean-up"]) return [];
  return straysOf(config, nodes).flatMap(({ copy, newer, stoodFor }): StaleCopy[] => {
    if (newer) return [{ ...copy, why: "older" }];
    return stoodFor && hasPlaced(generations, copy) ? [{ ...copy, why: "left" }] : [];
  });
}

/** Copies that are newer than one that runs where the layout has it, of which this controller knows nothing. */
export function unknownCopies(
  config: Config,
  nodes: Readonly<Record<string, NodeFacts>>,
  generations: Generations,
): readonly Copy[] {
  return straysOf(config, nodes)
    .filter(({ copy, newer, stoodFor }) => !newer && stoodFor && !hasPlaced(generations, copy))
    .map(({ copy }) => copy);
}

function hasPlaced(generations: Generations, { container, generation }: Copy): boolean {
  return generation <= placedOf(generations, container);
}

type Copy = Omit<StaleCopy, "why">;

interface Stray {
  readonly copy: Copy;
  /** A newer one is where the layout has it, or as many newer ones run as it has places. */
  readonly newer: boolean;
  /** An older one runs there. */
  readonly stoodFor: boolean;
}

function straysOf(config: Config, nodes: Readonly<Record<string, NodeFacts>>): readonly Stray[] {
  const copies = Object.entries(nodes).flatMap(([node, facts]) =>
    facts.state === "up"
      ? facts.containers.filter((each) => isOurs(each, config.cluster)).map((each) => seenAs(node, each))
      : [],
  );
  const places = new Set(config.placements.map(keyOf));
  // A machine may stand in the config under two names.
  const wantedIds = new Set(copies.filter(({ copy }) => places.has(keyOf(copy))).map(({ copy }) => copy.id));
  return copies
    .filter(({ copy }) => !places.has(keyOf(copy)) && !wantedIds.has(copy.id))
    .map(({ copy }) => {
      const others = copies.filter((each) => each.copy.container === copy.container && each.copy.id !== copy.id);
      const successors = others.filter((each) => places.has(keyOf(each.copy)));
      const wantedCopies = config.placements.filter(({ container }) => container === copy.container).length;
      const newerOnes = new Set(
        others.filter((each) => each.runs && isNewer(each.copy, copy)).map((each) => each.copy.id),
      );
      return {
        copy,
        newer:
          successors.some((each) => isNewer(each.copy, copy)) || (wantedCopies > 0 && newerOnes.size >= wantedCopies),
        stoodFor: successors.some((each) => each.runs && isNewer(copy, each.copy)),
      };
    });
}

function isNewer(one: Copy, other: Copy): boolean {
  return one.generation > other.generation;
}

function seenAs(node: string, facts: ContainerFacts): { readonly copy: Copy; readonly runs: boolean } {
  // The name it has in the layout, also while it is put aside under another one.
  const container = facts.labels[labels.container] ?? facts.name;
  return {
    copy: { node, container, id: facts.id, generation: generationOf(facts) },
    runs: facts.state === "running" && facts.name === container,
  };
}

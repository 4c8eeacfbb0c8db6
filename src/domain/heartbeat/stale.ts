import type { Config } from "../config/types.ts";
import { type Generations, placedOf } from "../container/copies/generations.ts";
import { believedGeneration, generationOf, isOurs } from "../container/copies/ownership.ts";
import type { ContainerFacts } from "../docker/facts.ts";
import { labels } from "../docker/labels.ts";
import { safety } from "../safety.ts";
import { keyOf, type NodeFacts } from "./facts.ts";

export interface StaleCopy {
  readonly node: string;
  readonly container: string;
  readonly id: string;
  readonly generation: number;
  /**
   * `older`: than one where the layout has it. `left`: by the layout, for a place where an older copy runs. `outlived`: by
   * newer copies that the layout has left, too.
   */
  readonly why: "older" | "left" | "outlived";
}

/**
 * Copies of our containers on nodes where the layout does not have them, and which others stand for. That is a newer one
 * where the layout has it: what a node brings back that was dead during a failover. Or it is an older one that runs where
 * the layout has it: somebody changed their mind twice. Or as many newer ones that run, wherever, as the layout has places:
 * it was changed again before the copy at its new place had been seen. For the last two, the layout of this controller
 * must have placed a copy as new as the newest, and so have left it since. A layout that has not may be an old one, which
 * knows neither what it has left nor how many there should be. A copy without a successor is never stale, whatever the
 * layout says: it may be the only one. Nor is one whose generation is none that was given, and it stands for no other.
 */
export function staleCopies(
  config: Config,
  nodes: Readonly<Record<string, NodeFacts>>,
  generations: Generations,
): readonly StaleCopy[] {
  if (!safety["generation-clean-up"]) return [];
  return straysOf(config, nodes, generations).flatMap(({ copy, newer, stoodFor, outlivedBy }): StaleCopy[] => {
    if (newer) return [{ ...copy, why: "older" }];
    if (stoodFor && hasPlaced(generations, copy)) return [{ ...copy, why: "left" }];
    return outlivedBy && hasPlaced(generations, outlivedBy) ? [{ ...copy, why: "outlived" }] : [];
  });
}

/** Copies that are newer than one that runs where the layout has it, of which this controller knows nothing. */
export function unknownCopies(
  config: Config,
  nodes: Readonly<Record<string, NodeFacts>>,
  generations: Generations,
): readonly Copy[] {
  return straysOf(config, nodes, generations)
    .filter(({ copy, newer, stoodFor }) => !newer && stoodFor && !hasPlaced(generations, copy))
    .map(({ copy }) => copy);
}

function hasPlaced(generations: Generations, { container, generation }: Copy): boolean {
  return generation <= placedOf(generations, container);
}

type Copy = Omit<StaleCopy, "why">;

interface Stray {
  readonly copy: Copy;
  /** A newer one is where the layout has it. */
  readonly newer: boolean;
  /** An older one runs there. */
  readonly stoodFor: boolean;
  /** The newest of the newer ones, when as many of them run as the layout has places. */
  readonly outlivedBy: Copy | undefined;
}

/** Copies of which nobody can say whether they are older or newer than others: their generation is none that was given. */
export function undatedCopies(
  config: Config,
  nodes: Readonly<Record<string, NodeFacts>>,
  { latest = Infinity }: Generations,
): readonly Copy[] {
  return copiesOf(config, nodes)
    .filter(({ facts }) => believedGeneration(facts, latest) === undefined)
    .map(({ copy }) => copy);
}

function copiesOf(config: Config, nodes: Readonly<Record<string, NodeFacts>>): readonly Seen[] {
  return Object.entries(nodes).flatMap(([node, facts]) =>
    facts.state === "up"
      ? facts.containers.filter((each) => isOurs(each, config.cluster)).map((each) => seenAs(node, each))
      : [],
  );
}

function straysOf(
  config: Config,
  nodes: Readonly<Record<string, NodeFacts>>,
  { latest = Infinity }: Generations,
): readonly Stray[] {
  const copies = copiesOf(config, nodes).filter(({ facts }) => believedGeneration(facts, latest) !== undefined);
  const places = new Set(config.placements.map(keyOf));
  // A machine may stand in the config under two names.
  const wantedIds = new Set(copies.filter(({ copy }) => places.has(keyOf(copy))).map(({ copy }) => copy.id));
  return copies
    .filter(({ copy }) => !places.has(keyOf(copy)) && !wantedIds.has(copy.id))
    .map(({ copy }) => {
      const others = copies.filter((each) => each.copy.container === copy.container && each.copy.id !== copy.id);
      const successors = others.filter((each) => places.has(keyOf(each.copy)));
      const wantedCopies = config.placements.filter(({ container }) => container === copy.container).length;
      const newerOnes = others.filter((each) => isNewer(each.copy, copy));
      const running = new Set(newerOnes.filter(({ runs }) => runs).map((each) => each.copy.id));
      const [newest] = newerOnes.map((each) => each.copy).sort((a, b) => b.generation - a.generation);
      return {
        copy,
        newer: successors.some((each) => isNewer(each.copy, copy)),
        stoodFor: successors.some((each) => each.runs && isNewer(copy, each.copy)),
        outlivedBy: wantedCopies > 0 && running.size >= wantedCopies ? newest : undefined,
      };
    });
}

function isNewer(one: Copy, other: Copy): boolean {
  return one.generation > other.generation;
}

interface Seen {
  readonly copy: Copy;
  readonly facts: ContainerFacts;
  readonly runs: boolean;
}

function seenAs(node: string, facts: ContainerFacts): Seen {
  // The name it has in the layout, also while it is put aside under another one.
  const container = facts.labels[labels.container] ?? facts.name;
  return {
    copy: { node, container, id: facts.id, generation: generationOf(facts) },
    facts,
    runs: facts.state === "running" && facts.name === container,
  };
}

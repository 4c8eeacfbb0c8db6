import type { Placement } from "../config/types.ts";
import { isAlive } from "../container/stop/grace.ts";
import { placedOf } from "../container/copies/generations.ts";
import { generationOf, isOurs } from "../container/copies/ownership.ts";
import { markOf } from "../container/stop/stop-mark.ts";
import type { ContainerFacts } from "../docker/facts.ts";
import { type Failure, PictlError, toFailure } from "../errors.ts";
import { ownData } from "../move/local-data.ts";
import { nextOf, retiredFrom } from "../place/names.ts";
import type { PlanInput } from "./types.ts";

/** A container of ours on a node where the layout does not have it. */
export interface Stray {
  readonly node: string;
  readonly facts: ContainerFacts;
}

/** All of them; what a replacement has left beside a container is not told apart from it. */
export function straysIn({ config, states, only }: PlanInput): readonly Stray[] {
  return [...states].flatMap(([node, { containers }]) => {
    const own = containers.filter((facts) => isOurs(facts, config.cluster));
    const isPlaced = (name: string): boolean =>
      config.placements.some((each) => each.node === node && each.container === name);
    return own
      .filter(({ name }) => {
        const copied = retiredFrom(name) ?? nextOf(name);
        if (copied !== undefined && (isPlaced(copied) || own.some((each) => each.name === copied))) return false;
        return !isPlaced(name) && (only?.has(copied ?? name) ?? true);
      })
      .map((facts): Stray => ({ node, facts }));
  });
}

/** Where a container that runs somewhere else is wanted, and which of its copies is to go there. */
export interface Pair {
  readonly placement: Placement;
  readonly stray: Stray;
}

export interface Paired {
  readonly pairs: readonly Pair[];
  /** Nobody needs them. */
  readonly spare: readonly Stray[];
  /** Containers of which nothing is made or removed, and why. */
  readonly blocked: ReadonlyMap<string, Failure>;
}

/**
 * Pairs strays with the places of the layout where the container is missing: then it moves. Only where there is one way to
 * do so, or where it makes no difference; and nothing is done about a copy that may be newer than the layout.
 */
export function pair(input: PlanInput, strays: readonly Stray[]): Paired {
  const names = [...new Set(strays.map(({ facts }) => facts.name))];
  const all = names.map((name) =>
    pairOne(
      input,
      name,
      strays.filter(({ facts }) => facts.name === name),
    ),
  );
  return {
    pairs: all.flatMap((each) => each.pairs),
    spare: all.flatMap((each) => each.spare),
    blocked: new Map(all.flatMap((each) => [...each.blocked])),
  };
}

function pairOne(input: PlanInput, name: string, strays: readonly Stray[]): Paired {
  const block = (failure: Failure): Paired => ({ pairs: [], spare: [], blocked: new Map([[name, failure]]) });
  const newer = strays.find((stray) => mayBeNewer(input, stray));
  if (newer) return block(newerThanLayout(newer));
  const places = input.config.placements.filter(({ container }) => container === name);
  const closed = places.map((place) => whyClosed(input, place)).find((why) => why !== undefined);
  if (closed !== undefined) return block(notYet(strays, closed));
  const empty = places.filter((place) => isVacant(input, place, strays));
  const [place] = empty;
  if (!place) return { pairs: [], spare: strays, blocked: new Map() };
  const movable = strays.filter(({ facts }) => isAlive(facts) || empty.length >= strays.length);
  const different = movable.some(({ facts }) => ownData(place, facts.volumes).length > 0);
  const sure = (movable.length === 1 && empty.length === 1) || (!different && movable.length <= empty.length);
  if (!sure) return block(ambiguous(name, movable, empty));
  return {
    pairs: movable.flatMap((stray, index) => {
      const placement = empty[index];
      return placement ? [{ placement, stray }] : [];
    }),
    spare: strays.filter((stray) => !movable.includes(stray)),
    blocked: new Map(),
  };
}

/** Why a place cannot take a copy now, as the end of a sentence: what runs elsewhere may be the only one. */
function whyClosed({ states, config }: PlanInput, { container, node }: Placement): string | undefined {
  const state = states.get(node);
  if (!state) return `${node} does not answer`;
  const facts = state.containers.find(({ name }) => name === container);
  if (facts) return isOurs(facts, config.cluster) ? undefined : `${node} has a container of that name that is not ours`;
  return config.nodes.some((each) => each.name === node && each.cordoned) ? `${node} is cordoned` : undefined;
}

/** There is none, or an older one that does not run, which nobody wants stopped. */
function isVacant({ states }: PlanInput, { container, node }: Placement, strays: readonly Stray[]): boolean {
  const { containers = [], marks = [] } = states.get(node) ?? {};
  const facts = containers.find(({ name }) => name === container);
  if (!facts) return true;
  if (isAlive(facts) || markOf(marks, facts)) return false;
  return strays.some((stray) => isAlive(stray.facts) && generationOf(stray.facts) > generationOf(facts));
}

/** This machine has not seen the layout place such a new copy: the file may be the older of the two. */
function mayBeNewer({ generations, newest }: PlanInput, { facts }: Stray): boolean {
  return !newest && generationOf(facts) > placedOf(generations, retiredFrom(facts.name) ?? facts.name);
}

function newerThanLayout({ node, facts }: Stray): Failure {
  const made = new Date(facts.createdAt * 1000).toISOString().slice(0, 16);
  return toFailure(
    new PictlError(
      "runs-elsewhere",
      `${facts.name} is on ${node}, where the layout does not have it, made at ${made}Z; this machine knows of no layout that is newer than that. Nothing was planned for it.`,
      {
        container: facts.name,
        node,
        hint: "If this config is the newest one, say `--newest`. Otherwise take the newer one, or put the entry back.",
      },
    ),
  );
}

function notYet([stray]: readonly Stray[], why: string): Failure {
  const { node = "", facts } = stray ?? {};
  const name = facts?.name ?? "";
  return toFailure(
    new PictlError(
      "runs-elsewhere",
      `${name} is on ${node}, where the layout does not have it, and cannot go where it should: ${why}. Nothing was planned for it.`,
      {
        container: name,
        node,
        hint: `Put that right and plan again. \`pictl delete ${name}@${node}\` removes this copy, if it is not needed.`,
      },
    ),
  );
}

function ambiguous(name: string, strays: readonly Stray[], places: readonly Placement[]): Failure {
  const here = strays.map(({ node }) => node).join(", ");
  const there = places.map(({ node }) => node).join(", ");
  return toFailure(
    new PictlError(
      "runs-elsewhere",
      `${name} is on ${here}, where the layout does not have it, and is missing on ${there}: which is to go where is not clear. Nothing was planned for it.`,
      {
        container: name,
        hint: `Put one entry back, and \`pictl move\` it; or remove the copies that are not needed (\`pictl delete ${name}@${strays[0]?.node ?? "NODE"}\`), and plan again.`,
      },
    ),
  );
}

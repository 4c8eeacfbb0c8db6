import type { Placement } from "../config/types.ts";
import { planCreate } from "../container/create.ts";
import { drift, imageNamed } from "../container/drift/drift.ts";
import { isAlive } from "../container/stop/grace.ts";
import { lostShare, staleShare } from "../container/shares.ts";
import { compare, type ContainerStatus } from "../container/status.ts";
import { markOf } from "../container/stop/stop-mark.ts";
import type { Way } from "../delivery/ways.ts";
import type { ContainerFacts } from "../docker/facts.ts";
import { type Failure, PictlError, toFailure } from "../errors.ts";
import { imageOf } from "../container/drift/wanted.ts";
import { moveInHand } from "../move/journal.ts";
import { type Copies, copiesOf } from "../place/names.ts";
import type { PlanInput } from "./types.ts";

/** What a place of the layout needs: its container, and its image before. */
export interface How {
  readonly does: "nothing" | "create" | "start" | "replace";
  /** Why, in the words of `status`. */
  readonly why: string;
  /** How its image, which is built here, gets onto its node. */
  readonly way?: Way | undefined;
  readonly pulls?: boolean;
}

const nothing: How = { does: "nothing", why: "" };

/**
 * What is to be done about a place of the layout; or why nothing is. `moved`: a copy comes from another node; `old`: it takes
 * the place of one of another name; `cut`: what it has something of is about to be made anew.
 */
export function howOf(
  input: PlanInput,
  placement: Placement,
  {
    moved,
    old,
    cut = false,
    ways,
  }: {
    readonly moved: boolean;
    readonly old: ContainerFacts | undefined;
    readonly cut?: boolean;
    readonly ways: (placement: Placement) => Way | undefined;
  },
): How | { readonly failure: Failure } {
  const { container, node } = placement;
  const state = input.states.get(node);
  if (!state) return nothing;
  let copies: Copies;
  try {
    copies = copiesOf(state.containers, container, input.config.cluster);
  } catch (error) {
    return { failure: toFailure(error, { container, node }) };
  }
  const unsettled = cutOff(input, placement, copies);
  if (unsettled) return { failure: unsettled };
  const there = copies.own;
  const facts = there ?? old;
  const mark = markOf(state.marks, facts);
  if (mark && facts && !isAlive(facts) && !moved) return nothing;
  const wish = input.wish(placement);
  // Its env_file cannot be read, which is told.
  if (wish.digest === undefined) return nothing;
  const way = ways(placement);
  const build = way !== undefined && way.do !== "nothing" ? way.reason : undefined;
  const isLost = facts !== undefined && lostShare(placement, facts, state.containers)?.mendable === true;
  const differs = [
    ...(facts ? drift(facts, state.images, wish) : []),
    ...(facts && build !== undefined ? [`its image is built anew (${build})`] : []),
  ];
  const { oneOff = false } = placement;
  const does = planCreate(container, { facts, drift: differs, recreate: "differing", broken: isLost || cut, oneOff });
  const pulls = placement.image !== undefined && imageNamed(state.images, imageOf(placement)) === undefined;
  if (moved) return { does: "create", why: "", way, pulls };
  const row = statusOf(input, placement);
  switch (does) {
    case "run":
      return refusedThere(input, placement) ?? { does: "create", why: row.detail, way, pulls };
    case "replace": {
      const shares = isLost ? [row.detail] : cut ? ["what it has of another container is made anew"] : [];
      return { does: "replace", why: (differs.length > 0 ? differs : shares).join("; "), way, pulls };
    }
    case "start":
      // Docker does so by itself.
      return facts?.state === "restarting" ? nothing : { does: "start", why: row.detail, way };
    case "keep":
      return facts && isAlive(facts) && staleShare(placement, facts, state.containers) !== undefined
        ? { does: "start", why: row.detail, way }
        : nothing;
  }
}

function statusOf(input: PlanInput, placement: Placement): ContainerStatus {
  const { config, states, wish, moves } = input;
  const [row] = compare({
    ...config,
    layout: config.placements,
    placements: [placement],
    states,
    wish,
    moves,
    // Only how long something has run depends on it, which is in no step.
    nowMs: 0,
  });
  if (!row) throw new RangeError("a placement has a row");
  return row;
}

/** What keeps a new container off a node. */
function refusedThere(input: PlanInput, placement: Placement): { readonly failure: Failure } | undefined {
  const { config, inhabited, states } = input;
  const { container, node } = placement;
  const refused = cordoned(input, placement);
  if (refused) return refused;
  const silent = inhabited.find(
    ({ name, containers }) =>
      !states.has(name) &&
      containers.includes(container) &&
      !config.placements.some((each) => each.container === container && each.node === name),
  );
  if (!silent || !config.nodes.some(({ name }) => name === silent.name)) return undefined;
  return {
    failure: toFailure(
      new PictlError(
        "node-unreachable",
        `${container} is wanted on ${node}; when pictl last looked it was on ${silent.name}, which does not answer: a new one would begin without what it has there.`,
        { container, node, hint: `\`pictl create ${container}@${node}\` makes it all the same.` },
      ),
    ),
  };
}

function cordoned({ config }: PlanInput, { container, node }: Placement): { readonly failure: Failure } | undefined {
  if (!config.nodes.some((each) => each.name === node && each.cordoned)) return undefined;
  const hint = `\`pictl node uncordon ${node}\` allows it; or put the entry under another node.`;
  const message = `${container} is missing on ${node}, which is cordoned: nothing new is placed on it.`;
  return { failure: toFailure(new PictlError("node-cordoned", message, { container, node, hint })) };
}

/** What was cut off is settled before anything is planned on it. */
function cutOff({ moves }: PlanInput, placement: Placement, { next, retired }: Copies): Failure | undefined {
  const { container, node } = placement;
  const move = moveInHand(moves, placement);
  if (!move && !next && !retired) return undefined;
  const what = move
    ? `A move of it from ${move.from} to ${move.to}, which ${move.who} began at ${move.startedAt},`
    : "A replacement of it";
  return toFailure(
    new PictlError("not-as-wanted", `${what} goes on, or was cut off: until it is settled nothing is planned on it.`, {
      container,
      node,
      hint: `If it was cut off, \`pictl apply\` finishes or undoes it first, and so does \`pictl start ${container}\`.`,
    }),
  );
}

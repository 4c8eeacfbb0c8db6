import { planBuild } from "../build/plan.ts";
import { imageNamed } from "../container/drift/drift.ts";
import { isAlive } from "../container/stop/grace.ts";
import { markOf } from "../container/stop/stop-mark.ts";
import { imageOf } from "../container/drift/wanted.ts";
import type { Placement } from "../config/types.ts";
import { type Way, waysOf } from "../delivery/ways.ts";
import type { PlanInput, PlanStep } from "./types.ts";
import { stepId } from "./step-id.ts";

const asNeeded = { noCache: false, pull: false, force: false };

/** How places come by images that are built here; undefined where a place's image is not. Asks for each image once. */
export function waysIn(input: PlanInput): (placement: Placement) => Way | undefined {
  const known = new Map<string, ReadonlyMap<string, Way>>();
  return ({ container, node, build }) => {
    if (build === undefined) return undefined;
    const ways = known.get(container) ?? waysOfImage(input, container);
    known.set(container, ways);
    return ways.get(node);
  };
}

function waysOfImage({ config, states, folder }: PlanInput, container: string): ReadonlyMap<string, Way> {
  const places = config.placements.filter((each) => each.container === container && each.build !== undefined);
  const [first] = places;
  const context = first && folder(first);
  const builders = config.nodes.filter(({ builder }) => builder === true).map(({ name }) => name);
  const names = [...new Set([...places.map(({ node }) => node), ...builders])];
  const nodes = names.flatMap((node) => {
    const state = states.get(node);
    if (!state) return [];
    const image = { image: container, images: state.images, context, rebuildUnseen: false };
    const facts = state.containers.find(({ name }) => name === container);
    const rests = facts !== undefined && !isAlive(facts) && markOf(state.marks, facts) !== undefined;
    const wants = places.some((each) => each.node === node) && !rests;
    return [{ node, wants, machine: state.machine, plan: planBuild(image, asNeeded) }];
  });
  // What lies on one machine is not on the next one that carries out the same plan.
  return waysOf({ nodes, builders, stored: () => false, isSeen: context !== undefined });
}

/** The step that makes the image ready; none where the node has it. */
export function imageSteps(
  input: PlanInput,
  placement: Placement,
  { way, pulls }: { readonly way?: Way | undefined; readonly pulls?: boolean },
): readonly PlanStep[] {
  const { container, node } = placement;
  const image = imageId(input, placement);
  const base = { container, node, data: [], after: [], swap: null };
  if (way !== undefined && way.do !== "nothing") {
    const basis = { image, folder: input.folder(placement) ?? "of the node" };
    const kind = way.do;
    const step = { ...base, id: stepId(kind, placement), kind, basis };
    if (way.do === "build" || way.from === null) return [{ ...step, why: way.reason }];
    return [{ ...step, from: way.from, why: `${way.reason}; from ${way.from}` }];
  }
  if (pulls !== true) return [];
  const why = `${imageOf(placement)} is not on the node yet`;
  return [{ ...base, id: stepId("pull", placement), kind: "pull", why, basis: { image } }];
}

/** The id of the image that a placement names, on its node. */
export function imageId({ states }: Pick<PlanInput, "states">, placement: Placement): string {
  return imageNamed(states.get(placement.node)?.images ?? [], imageOf(placement))?.id ?? "none";
}

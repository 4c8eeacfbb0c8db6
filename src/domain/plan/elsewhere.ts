import { ownData, formatLocalData } from "../move/local-data.ts";
import { staysBehind } from "../move/plan.ts";
import { basisOf } from "./basis.ts";
import { stepId } from "./step-id.ts";
import { wantedBasis } from "./steps.ts";
import type { Pair, Stray } from "./strays.ts";
import type { PlanInput, PlanStep } from "./types.ts";

/** What is asked about before it is left behind is told here, and what comes along. */
export function moveStep(
  input: PlanInput,
  { placement, stray, images }: Pair & { readonly images: readonly PlanStep[] },
): PlanStep {
  const { container, node } = placement;
  const { facts, node: from } = stray;
  const old = { ...placement, node: from };
  const moved = { container, from, to: node, old, wanted: placement, data: ownData(old) };
  const behind = staysBehind(moved, { copyVolumes: input.copyVolumes, volumes: facts.volumes });
  const along = moved.data.filter((each) => !behind.some(({ source }) => source === each.source));
  const there = input.states.get(node)?.containers.find(({ name }) => name === container);
  return {
    id: stepId("move", placement),
    kind: "move",
    container,
    node,
    from,
    why: `${from} → ${node}`,
    data: [
      ...along.map((each) => `${formatLocalData(each)} is copied`),
      ...behind.map((each) => `${formatLocalData(each)} stays behind on ${from}`),
    ],
    ...(behind.length > 0 ? { leavesData: true as const } : {}),
    after: [],
    swap: null,
    basis: { ...basisOf(facts, "old "), ...basisOf(there), ...wantedBasis(input, placement, images) },
  };
}

export function removeStep({ config }: PlanInput, { node, facts }: Stray): PlanStep {
  const { name, state, volumes } = facts;
  const places = config.placements.filter(({ container }) => container === name).map((each) => each.node);
  const named = [...new Set(volumes.map((each) => each.name))].filter((each) => each !== "");
  return {
    id: stepId("remove", { container: name, node }),
    kind: "remove",
    container: name,
    node,
    why: places.length === 0 ? `not in the layout, ${state}` : `${state}; the layout has it on ${places.join(", ")}`,
    data: named.map((each) => `the volume ${each} stays`),
    after: [],
    swap: null,
    basis: basisOf(facts),
  };
}

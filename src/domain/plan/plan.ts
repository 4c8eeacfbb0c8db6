import { dependentsOf } from "../container/order.ts";
import { isAlive } from "../container/stop/grace.ts";
import type { Placement } from "../config/types.ts";
import { howOf } from "./wanted.ts";
import { inOrder } from "./order.ts";
import { moveStep, removeStep } from "./elsewhere.ts";
import { pair, straysIn } from "./strays.ts";
import { imageSteps, waysIn } from "./images.ts";
import { containerStep, type Planned } from "./steps.ts";
import type { Failure } from "../errors.ts";
import type { Plan, PlanInput } from "./types.ts";

/**
 * What is to be done so that the nodes are what the config says, and what of it nobody does unasked. Pure: the same for the
 * same look; nothing is left to be done when it has been done. Nodes that do not answer have no steps.
 */
export function plan(input: PlanInput): Plan {
  const { config, states, silent, only } = input;
  const strays = straysIn(input);
  const renamed = new Map(
    config.placements.flatMap((placement) => {
      const old = strays.find(
        ({ node, facts }) =>
          node === placement.node &&
          facts.name === placement.renamedFrom &&
          !strays.some((each) => each.facts.name === placement.container) &&
          isFree(input, placement, facts.name),
      );
      return old ? [[placement, old] as const] : [];
    }),
  );
  const taken = new Set(renamed.values());
  const { pairs, spare, blocked } = pair(
    input,
    strays.filter((each) => !taken.has(each)),
  );
  const failures: Failure[] = [...blocked.values()];
  const planned: Planned[] = [];
  const ways = waysIn(input);
  const asked = config.placements.filter(({ container }) => only?.has(container) ?? true);
  const chosen = asked.filter(({ container, node }) => states.has(node) && !blocked.has(container));
  // Of which nobody knows, or nothing can be done about.
  const lost = asked.filter(
    (each) => silent.includes(each.node) || blocked.has(each.container) || input.wish(each).digest === undefined,
  );
  for (const placement of chosen) {
    const moved = pairs.find((each) => each.placement === placement);
    const how = howOf(input, placement, { moved: moved !== undefined, old: renamed.get(placement)?.facts, ways });
    if ("failure" in how) {
      failures.push(how.failure);
      lost.push(placement);
    } else if (how.does !== "nothing") {
      const images = imageSteps(input, placement, how);
      const step = moved
        ? moveStep(input, { ...moved, images })
        : containerStep(input, placement, { how, images, old: renamed.get(placement)?.facts });
      planned.push({ placement, images, step, disturbs: step.kind === "replace" || step.kind === "move" });
    }
  }
  const made = planned.filter(({ step }) => step.kind !== "start");
  const dependents = dependentsOf(
    config.placements,
    made.map(({ placement }) => placement),
  ).filter((each) => chosen.includes(each));
  for (const placement of dependents) {
    const begun = planned.find((each) => each.placement === placement);
    // What is stopped could not be started with what is gone; what is stopped and nobody wants started stays so.
    if (!begun && !runsIn(input, placement)) continue;
    const how = howOf(input, placement, { moved: false, old: undefined, cut: true, ways });
    if ("failure" in how || how.does !== "replace") continue;
    const images = begun?.images ?? [];
    const step = { ...containerStep(input, placement, { how, images }), follows: true as const };
    const follower: Planned = { placement, images, step, disturbs: begun === undefined };
    if (begun) planned.splice(planned.indexOf(begun), 1, follower);
    else planned.push(follower);
  }
  const removes = input.removes ? spare.map((stray) => removeStep(input, stray)) : [];
  const ordered = inOrder(input, planned, { removes, pairs, lost });
  return { steps: ordered.steps, failures: [...failures, ...ordered.failures] };
}

function runsIn({ states }: PlanInput, { container, node }: Placement): boolean {
  return states.get(node)?.containers.some((facts) => facts.name === container && isAlive(facts)) ?? false;
}

/** Nothing of the new name is there yet, and the layout has no other place for the old one. */
function isFree({ states, config }: PlanInput, { container, node }: Placement, old: string): boolean {
  const isThere = (on: string, wanted: string): boolean =>
    states.get(on)?.containers.some(({ name }) => name === wanted) ?? true;
  const isWanted = config.placements.some(
    (each) => each.container === old && (each.node === node || !isThere(each.node, old)),
  );
  return !isWanted && !isThere(node, container);
}

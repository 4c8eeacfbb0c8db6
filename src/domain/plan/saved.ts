import type { PictlError } from "../errors.ts";
import { planStale, whatChanged } from "./basis.ts";
import type { Plan, PlanOptions, PlanStep } from "./types.ts";

/** What a step of a plan was made for. */
export type PlannedStep = Pick<PlanStep, "id" | "container" | "node" | "from" | "renames" | "basis">;

/** A plan that somebody has looked at, as far as it has to be known to do just that. */
export interface ShownPlan extends PlanOptions {
  readonly cluster: string;
  readonly steps: readonly PlannedStep[];
}

/** A plan as it is kept in a file, for somebody else to look at and for `apply`. Nothing in it is secret. */
export interface SavedPlan extends ShownPlan {
  /** Of the format. */
  readonly version: 1;
  /** RFC 3339, UTC. */
  readonly madeAt: string;
  /** `user@host`. */
  readonly by: string;
  readonly steps: readonly PlanStep[];
}

/** What has to be looked at again before a saved plan is applied: its containers, and the nodes where they are or will be. */
export function placesOf({ steps }: Pick<ShownPlan, "steps">): {
  readonly only: ReadonlySet<string>;
  readonly nodes: readonly string[];
} {
  return {
    only: new Set(steps.flatMap(({ container, renames }) => [container, ...(renames === undefined ? [] : [renames])])),
    nodes: [...new Set(steps.flatMap(({ node, from }) => [node, ...(from === undefined ? [] : [from])]))],
  };
}

/** Why a saved plan is not to be applied, one plan-stale for each step that would do something else now; none when it is. */
export function staleSteps(saved: Pick<ShownPlan, "steps">, now: Plan): readonly PictlError[] {
  const gone = saved.steps.flatMap((step) => {
    const same = now.steps.find(({ id }) => id === step.id);
    const refused = now.failures.find(
      ({ node, container = step.container }) => node === step.node && container === step.container,
    );
    if (!same) return [planStale(step, refused ? refused.message.replace(/\.$/, "") : "it is not needed any more")];
    const why = whatChanged(step.basis, same.basis);
    return why === undefined ? [] : [planStale(step, why)];
  });
  const come = now.steps
    .filter(({ id }) => !saved.steps.some((step) => step.id === id))
    .map((step) => planStale(step, "it was not in the plan, and is needed now"));
  return [...gone, ...come];
}

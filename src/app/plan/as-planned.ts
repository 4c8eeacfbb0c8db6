import type { CreatePlan } from "../../domain/container/create.ts";
import { imageNamed } from "../../domain/container/drift/drift.ts";
import { imageOf } from "../../domain/container/drift/wanted.ts";
import type { ContainerFacts } from "../../domain/docker/facts.ts";
import type { PictlError } from "../../domain/errors.ts";
import { type Basis, basisOf, planStale, whatChanged } from "../../domain/plan/basis.ts";
import type { PlanStep, StepKind } from "../../domain/plan/types.ts";
import type { Seen } from "../kit/conducted.ts";
import type { MoveOptions } from "../move/moving.ts";

const meant: Partial<Record<StepKind, readonly CreatePlan[]>> = {
  create: ["run"],
  // What shares a network that was made anew is restarted.
  start: ["start", "keep"],
  // A build may make the very image that is there.
  replace: ["replace", "keep"],
};

/** Throws plan-stale where what is found under the lock is not what the step was planned for. */
export function refuseOther(step: PlanStep, { facts, wanted }: Seen): void {
  const now: Basis = {
    ...basisOf(facts),
    ...(wanted ? { config: wanted.digest } : {}),
    ...(wanted && "image" in step.basis
      ? { image: imageNamed(wanted.images, imageOf(wanted.placement))?.id ?? "none" }
      : {}),
  };
  const why = whatChanged(step.basis, now);
  if (why !== undefined) throw planStale(step, why);
  if (wanted && meant[step.kind]?.includes(wanted.plan) === false)
    throw planStale(step, "something else is needed now");
}

/** The same for a move, with all that both nodes have. Its image is looked for by whoever moves it. */
export function refuseOtherMove(
  step: PlanStep,
  seen: Parameters<NonNullable<MoveOptions["asPlanned"]>>[0] & { readonly container: string },
): void {
  const own = (found: readonly ContainerFacts[]): ContainerFacts | undefined =>
    found.find(({ name }) => name === seen.container);
  const { image } = step.basis;
  const why = whatChanged(step.basis, {
    ...basisOf(own(seen.from), "old "),
    ...basisOf(own(seen.to)),
    config: seen.digest,
    ...(image === undefined ? {} : { image }),
  });
  if (why !== undefined) throw planStale(step, why);
}

/** Somebody has put it into the layout again. */
export function changedMeanwhile(step: PlanStep): PictlError {
  return planStale(step, "the layout has it there again");
}

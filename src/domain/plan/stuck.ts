import type { Placement } from "../config/types.ts";
import { type Failure, PictlError, toFailure } from "../errors.ts";
import { comesAfterLost } from "../place/groups.ts";
import type { Planned } from "./steps.ts";
import type { Pair } from "./strays.ts";
import type { PlanStep } from "./types.ts";

export interface Blocked {
  readonly taker: Planned;
  readonly failure: Failure;
}

export interface Stuck {
  readonly each: Planned;
  readonly failure: Failure;
}

/**
 * What of a plan cannot be done, since it is blocked itself, or waits for what is; what would be rolled out with it; and new
 * copies of what should move and cannot: there would be one more than before. `waits`: whether the step of one id comes after that of another.
 */
export function stuckOf(
  planned: readonly Planned[],
  {
    blocked,
    pairs,
    waits,
  }: {
    readonly blocked: readonly Blocked[];
    readonly pairs: readonly Pair[];
    readonly waits: (id: string, other: string) => boolean;
  },
): readonly Stuck[] {
  const stuck = planned.flatMap((each): readonly Stuck[] => {
    const own = blocked.find(({ taker }) => taker === each);
    const why = own ?? blocked.find(({ taker }) => waits(each.step.id, taker.step.id));
    return why ? [{ each, failure: own ? own.failure : comesTooLate(each.step, why.taker.step) }] : [];
  });
  const left = planned.filter((each) => !stuck.some((one) => one.each === each));
  const more = [...secondCopies(left, pairs), ...stoppedRollouts(left, stuck)];
  return more.length === 0 ? stuck : stuckOf(planned, { blocked: [...blocked, ...more], pairs, waits });
}

/** Of what is left, what is of a container that cannot be changed on another node: however large the batches are, it waits. */
function stoppedRollouts(left: readonly Planned[], stuck: readonly Stuck[]): readonly Blocked[] {
  const first = stuck.filter(({ each }) => each.disturbs);
  return left
    .filter((each) => each.disturbs)
    .flatMap((taker) => {
      const { container, node } = taker.step;
      const mate = first.find(({ each }) => each.step.container === container);
      if (!mate) return [];
      const text = `${container} on ${node} is left as it is: \`${mate.each.step.id}\`, of the same rollout, cannot be done.`;
      return [{ taker, failure: toFailure(new PictlError("rollout-stopped", text, { container, node })) }];
    });
}

/** Of what is left, new copies of containers that stay where the layout does not have them. */
function secondCopies(left: readonly Planned[], pairs: readonly Pair[]): readonly Blocked[] {
  const staying = pairs.filter(({ placement }) => !left.some((each) => each.placement === placement));
  return left
    .filter(({ step }) => step.kind === "create")
    .flatMap((taker) => {
      const pair = staying.find(({ placement }) => placement.container === taker.step.container);
      return pair ? [{ taker, failure: secondCopy(taker.step, pair) }] : [];
    });
}

function secondCopy({ container, node }: PlanStep, { placement, stray }: Pair): Failure {
  const message = `${container} is not made on ${node}: it is on ${stray.node}, where the layout does not have it, and cannot move to ${placement.node} now; a second copy would run.`;
  const hint = `Put right what keeps it from ${placement.node}, and plan again. \`pictl delete ${container}@${stray.node}\` removes that copy, if it is not needed.`;
  return toFailure(new PictlError("runs-elsewhere", message, { container, node, hint }));
}

function comesTooLate({ container, node }: PlanStep, before: PlanStep): Failure {
  const text = `${container} on ${node} is left as it is, since it comes after \`${before.id}\`, which cannot be done.`;
  return toFailure(new PictlError("rollout-stopped", text, { container, node }));
}

/** `source`: one of which nobody knows whether it does its work. */
export function nothingKnown({ container, node }: PlanStep, source: Placement): Failure {
  const text = `${container} on ${node} is left as it is: ${comesAfterLost(source)}.`;
  const hint = `\`pictl apply ${container}\` does not ask for ${source.container}.`;
  return toFailure(new PictlError("rollout-stopped", text, { container, node, hint }));
}

/** Who would free a port waits for who wants it. */
export function inCircle(step: PlanStep, holder: PlanStep): Failure {
  const { container, node } = step;
  const apart = `Give ${container} a port that nobody has and \`pictl apply\`, then the one that it is to have, and apply again.`;
  const away = `Or take it away before, its volumes stay: \`pictl delete ${container}@${node}\`, and apply.`;
  return toFailure(
    new PictlError(
      "port-taken",
      `${container} publishes a port that ${holder.renames ?? holder.container} has on ${node}, and \`${holder.id}\`, which would free it, waits for \`${step.id}\`.`,
      { container, node, hint: step.kind === "replace" ? `${apart} ${away}` : apart },
    ),
  );
}

import type { Placement } from "../config/types.ts";
import { toFailure } from "../errors.ts";
import { missingSource, sourcesOf } from "../place/groups.ts";
import { planRollout } from "../place/rollout.ts";
import { portTaken, type TakenPort, takenPort } from "../placement/ports.ts";
import type { Planned } from "./steps.ts";
import type { Pair } from "./strays.ts";
import { type Blocked, inCircle, nothingKnown, stuckOf } from "./stuck.ts";
import { type Plan, type PlanInput, type PlanStep, stepKinds } from "./types.ts";

/**
 * The steps, each with those that must come about before it, in an order in which they can be done: its image; what is
 * `after` in the layout, and what it has something of; the copies before it in a rollout; and whoever has its port now. Those
 * that would wait for each other's ports in a circle are left out, and those whose port nobody will free, each with what comes after
 * it: something would be stopped for what could not start. So is what comes after one of which nothing is known (`lost`), and new copies of what should move and cannot: there
 * would be one more than before.
 */
export function inOrder(
  input: PlanInput,
  planned: readonly Planned[],
  {
    removes,
    pairs,
    lost,
  }: { readonly removes: readonly PlanStep[]; readonly pairs: readonly Pair[]; readonly lost: readonly Placement[] },
): Plan {
  const after = new Map<string, Set<string>>();
  const add = (step: PlanStep, before: readonly PlanStep[]): void => {
    const known = after.get(step.id) ?? new Set();
    // What shares in a circle cannot all go first.
    for (const { id } of before) if (!comesAfter(after, id, step.id)) known.add(id);
    after.set(step.id, known);
  };
  for (const each of planned) {
    const same = planned.filter(({ placement }) => placement.container === each.placement.container);
    // A version whose image is missing on one node replaces nothing on the others.
    add(each.step, each.disturbs ? same.flatMap(({ images }) => images) : each.images);
    const names = sourcesOf(each.placement);
    const others = planned.filter(({ placement }) => names.includes(placement.container));
    add(
      each.step,
      others.map(({ step }) => step),
    );
  }
  for (const { batches } of planRollout(planned, input.config.placements)) {
    batches.forEach((batch, index) => {
      const before = batches[index - 1] ?? [];
      for (const { step } of batch) {
        add(
          step,
          before.map((each) => each.step),
        );
      }
    });
  }
  const blocked: Blocked[] = [];
  for (const taker of planned) {
    const source = missingSource(taker.placement, lost);
    if (source) blocked.push({ taker, failure: nothingKnown(taker.step, source) });
    const { freed, taken } = holders(input, taker, { planned, removes });
    if (taken) blocked.push({ taker, failure: toFailure(portTaken(taker.placement, taken)) });
    for (const holder of freed) {
      if (comesAfter(after, holder.id, taker.step.id)) blocked.push({ taker, failure: inCircle(taker.step, holder) });
      else add(taker.step, [holder]);
    }
  }
  const stuck = stuckOf(planned, { blocked, pairs, waits: (id, other) => comesAfter(after, id, other) });
  const left = planned.filter((each) => !stuck.some((one) => one.each === each));
  const steps = [...left.flatMap(({ images, step }) => [...images, step]), ...removes];
  const isLeft = (id: string): boolean => steps.some((step) => step.id === id);
  return {
    steps: sorted(steps.map((step) => ({ ...step, after: [...(after.get(step.id) ?? [])].filter(isLeft) }))),
    failures: stuck.map(({ failure }) => failure),
  };
}

/** The steps that free a port of the node which this one wants; `taken`: one that no step frees. */
function holders(
  { states }: PlanInput,
  { placement, step }: Planned,
  { planned, removes }: { readonly planned: readonly Planned[]; readonly removes: readonly PlanStep[] },
): { readonly freed: readonly PlanStep[]; readonly taken: TakenPort | undefined } {
  const others = (states.get(placement.node)?.containers ?? []).filter(
    ({ name }) => name !== step.renames && name !== placement.container,
  );
  const frees = ({ container, renames }: PlanStep, name: string): boolean => (renames ?? container) === name;
  const leaving = [
    ...removes.filter((each) => each.node === placement.node),
    ...planned
      .map((each) => each.step)
      .filter(({ kind, node, from }) => (kind === "move" ? from : kind === "replace" ? node : "") === placement.node),
  ];
  const having = others.filter((each) => takenPort(placement.args, [each]) !== undefined);
  return {
    freed: leaving.filter((each) => having.some(({ name }) => frees(each, name))),
    taken: takenPort(
      placement.args,
      having.filter(({ name }) => !leaving.some((each) => frees(each, name))),
    ),
  };
}

function comesAfter(after: ReadonlyMap<string, ReadonlySet<string>>, id: string, other: string): boolean {
  const seen = new Set([id]);
  for (const each of seen) {
    if (each === other) return true;
    for (const before of after.get(each) ?? []) seen.add(before);
  }
  return false;
}

/** By kind where nothing else decides, then by the layout. */
function sorted(steps: readonly PlanStep[]): readonly PlanStep[] {
  const byKind = [...steps].sort((a, b) => stepKinds.indexOf(a.kind) - stepKinds.indexOf(b.kind));
  const done: PlanStep[] = [];
  let left: readonly PlanStep[] = byKind;
  while (left.length > 0) {
    const waiting = left;
    const next = waiting.find(({ after }) => !waiting.some(({ id }) => after.includes(id)));
    if (!next) throw new RangeError(`steps wait for each other: ${waiting.map(({ id }) => id).join(", ")}`);
    done.push(next);
    left = waiting.filter((each) => each !== next);
  }
  return done;
}

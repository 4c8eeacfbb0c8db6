import pMap from "p-map";
import type { Config, Placement } from "../../domain/config/types.ts";
import { type Failure, PictlError, toFailure } from "../../domain/errors.ts";
import type { Plan, PlanStep } from "../../domain/plan/types.ts";
import { strayPlacement } from "../../domain/select.ts";
import { createSettled } from "../create.ts";
import { isPlaced } from "../copies/refuse-moved.ts";
import type { ActionRow } from "../kit/act.ts";
import type { Conducted } from "../kit/conducted.ts";
import { lifecycle } from "../container/lifecycle.ts";
import { moveContainer, type MoveRow } from "../move/index.ts";
import type { PlaceOptions } from "../place/index.ts";
import { rolloutStopped } from "../place/rollout/roll-out.ts";
import type { ConfigStore, Ports } from "../ports.ts";
import { changedMeanwhile, refuseOther, refuseOtherMove } from "./as-planned.ts";
import { readyImages } from "./images.ts";
import { openTurns, type Turns } from "./turns.ts";

/** What became of a step. */
export interface StepRow extends PlanStep {
  readonly changed: boolean;
  readonly outcome: string;
  /** How long nothing served; null when nothing could tell; missing where nothing was replaced. */
  readonly gapMs?: number | null;
  readonly durationMs: number;
}

export interface CarryingOut extends PlaceOptions {
  readonly config: Config;
  readonly store: ConfigStore;
  readonly plan: Plan;
  readonly copyVolumes: boolean;
  readonly waitMs: number;
}

interface Work extends CarryingOut {
  readonly turns: Turns;
  readonly conducted: Conducted;
}

interface Done {
  readonly rows: readonly StepRow[];
  readonly failures: readonly Failure[];
}

/** Every move holds two sessions on a node for its locks, of the ten that an sshd gives. */
const movesAtOnce = 3;

/**
 * Does the steps of a plan, images first, then everything side by side, each when those before it are done; by the same hands
 * as `build`, `create`, `move` and `delete`. A step that fails keeps those from being begun that come after it.
 */
export async function carryOutPlan(ports: Ports, input: CarryingOut): Promise<Done> {
  const { config, plan } = input;
  const { steps } = plan;
  const turns = openTurns(ports, steps);
  const placementOf = (step: PlanStep): Placement | undefined =>
    config.placements.find(({ container, node }) => container === step.container && node === step.node);
  const images = await readyImages(ports, { config, steps, placementOf });
  for (const { step } of images.done) await turns.take(step, () => Promise.resolve());
  for (const step of steps) if (isImage(step) && !turns.has(step, "done")) turns.leave(step);
  const [ready, unready] = split(
    steps.filter((step) => !isImage(step)),
    (step) => step.after.every((id) => !steps.some((each) => each.id === id && turns.has(each, "failed"))),
  );
  for (const step of unready) turns.leave(step);
  const work: Work = { ...input, turns, conducted: conduct(ports, turns, steps) };
  const moves = new Set(ready.filter(({ kind }) => kind === "move").map(({ id }) => id));
  const late = afterMoves(ready, moves);
  const [following, own] = split(ready, ({ id }) => late.has(id));
  const parts = await Promise.all([
    remove(ports, work, ready),
    move(ports, work, ready).then(async (moved) => {
      const isBegun = ({ after }: PlanStep): boolean => after.some((id) => moves.has(id));
      const after = await put(ports, work, { steps: following, isBegun, placementOf });
      return { rows: [...moved.rows, ...after.rows], failures: [...moved.failures, ...after.failures] };
    }),
    put(ports, work, { steps: own, isBegun: ({ follows }) => !follows, placementOf }),
  ]);
  const failures = [
    ...images.failures,
    ...unready.map((step) => toFailure(rolloutStopped(step, "its image, or that of another copy, is not ready"))),
    ...parts.flatMap((part) => part.failures),
  ];
  const done = [
    ...images.done.map(({ step, ...row }): StepRow => ({ ...step, ...row, changed: true })),
    ...parts.flatMap(({ rows }) => rows),
  ];
  return {
    rows: steps.map((step) => done.find(({ id }) => id === step.id) ?? notDone(step, { failures, turns })),
    failures,
  };
}

function isImage({ kind }: PlanStep): boolean {
  return kind === "build" || kind === "deliver" || kind === "pull";
}

/** The ids of what has something of a container that a move brings, and of what has something of that. */
function afterMoves(steps: readonly PlanStep[], moves: ReadonlySet<string>): ReadonlySet<string> {
  const late = new Set<string>();
  // Those that follow stand after what they follow.
  for (const { id, after, follows } of steps)
    if (follows && after.some((each) => moves.has(each) || late.has(each))) late.add(id);
  return late;
}

function split<T>(all: readonly T[], belongs: (each: T) => boolean): readonly [readonly T[], readonly T[]] {
  return [all.filter(belongs), all.filter((each) => !belongs(each))];
}

function notDone(
  step: PlanStep,
  { failures, turns }: { readonly failures: readonly Failure[]; readonly turns: Turns },
): StepRow {
  if (turns.has(step, "done")) return { ...step, changed: false, outcome: "put back as it was", durationMs: 0 };
  const failure = failures.find(({ container, node }) => container === step.container && node === step.node);
  const outcome = failure && failure.code !== "rollout-stopped" ? "failed" : "not begun";
  return { ...step, changed: false, outcome, durationMs: 0 };
}

function conduct(ports: Ports, turns: Turns, steps: readonly PlanStep[]): Conducted {
  const stepAt = ({ container, node }: Pick<Placement, "container" | "node">): PlanStep | undefined =>
    steps.find((each) => !isImage(each) && each.container === container && each.node === node);
  return {
    asPlanned(place, seen) {
      const step = stepAt(place);
      if (step) refuseOther(step, seen);
    },
    inTurn(place, work) {
      const step = stepAt(place);
      if (!step) return work();
      return turns.take(step, async () => {
        if (step.kind === "remove" && (await isPlaced(ports, place))) throw changedMeanwhile(step);
        return work();
      });
    },
    leftOut(place) {
      const step = stepAt(place);
      if (step) turns.leave(step);
    },
  };
}

async function remove(ports: Ports, work: Work, steps: readonly PlanStep[]): Promise<Done> {
  const gone = steps.filter(({ kind }) => kind === "remove");
  if (gone.length === 0) return { rows: [], failures: [] };
  const { result, failures } = await lifecycle(ports, {
    ...work,
    action: "delete",
    placements: gone.map(strayPlacement),
    dryRun: false,
  });
  return { rows: rowsOf(gone, result.containers), failures };
}

async function put(
  ports: Ports,
  work: Work,
  {
    steps,
    isBegun,
    placementOf,
  }: {
    readonly steps: readonly PlanStep[];
    /** The others are made anew by whoever makes what they follow. */
    readonly isBegun: (step: PlanStep) => boolean;
    readonly placementOf: (step: PlanStep) => Placement | undefined;
  },
): Promise<Done> {
  const made = steps.filter(({ kind }) => kind === "create" || kind === "start" || kind === "replace");
  const placements = made.filter(isBegun).flatMap((step) => placementOf(step) ?? []);
  try {
    if (placements.length === 0) return { rows: [], failures: [] };
    const { result, failures } = await createSettled(ports, {
      ...work,
      placements,
      recreate: "differing",
      leaveStopped: true,
      dryRun: false,
    });
    return { rows: rowsOf(made, result.containers), failures };
  } finally {
    for (const step of made) work.turns.leave(step);
  }
}

function rowsOf(steps: readonly PlanStep[], rows: readonly ActionRow[]): readonly StepRow[] {
  return steps.flatMap((step): StepRow[] => {
    const row = rows.find(({ container, node }) => container === step.container && node === step.node);
    return row ? [{ ...step, ...row, swap: row.swap ?? step.swap }] : [];
  });
}

async function move(ports: Ports, work: Work, steps: readonly PlanStep[]): Promise<Done> {
  const moves = steps.filter(({ kind }) => kind === "move");
  const outcomes = await pMap(
    // In the order of the plan, so that those that others wait for are not the ones that wait for a place.
    moves,
    async (step): Promise<Done> => {
      try {
        const [row] = await work.turns.take(step, () => moveOne(ports, work, step));
        return { rows: row ? [{ ...step, ...row }] : [], failures: [] };
      } catch (error) {
        return { rows: [], failures: [toFailure(error, { container: step.container, node: step.node })] };
      }
    },
    { concurrency: movesAtOnce },
  );
  return { rows: outcomes.flatMap(({ rows }) => rows), failures: outcomes.flatMap(({ failures }) => failures) };
}

async function moveOne(ports: Ports, work: Work, step: PlanStep): Promise<readonly MoveRow[]> {
  if (ports.signal.aborted) throw new PictlError("interrupted", "Not begun, because of the interruption.");
  const { container, node: to, from = "" } = step;
  const { result } = await moveContainer(ports, {
    ...work,
    name: `${container}@${from}`,
    to,
    origin: "apply",
    asPlanned: (seen) => {
      refuseOtherMove(step, { container, ...seen });
    },
    // The layout says so, and where it is cordoned nothing was planned.
    force: true,
    overlap: false,
    sourceIs: "answers",
    mayLeaveData: () => Promise.resolve(true),
    dryRun: false,
  });
  return result.moves;
}

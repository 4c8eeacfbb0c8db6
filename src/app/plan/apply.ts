import { PictlError, toFailure } from "../../domain/errors.ts";
import { noGenerations } from "../../domain/container/copies/generations.ts";
import { placesOf, type ShownPlan, staleSteps } from "../../domain/plan/saved.ts";
import type { Plan, PlanStep } from "../../domain/plan/types.ts";
import { rememberFound } from "../node/left-behind.ts";
import type { PlaceOptions } from "../place/index.ts";
import type { ConfigStore, Ports } from "../ports.ts";
import type { Report } from "../kit/report.ts";
import { carryOutPlan, type StepRow } from "./carry-out.ts";
import { makePlan, type PlanRequest, seenBy } from "./look.ts";
import { settleFirst } from "./settle-first.ts";

export interface ApplyInput extends PlanRequest, PlaceOptions {
  readonly store: ConfigStore;
  /** A plan that was made before, and looked at: nothing else is done, and nothing when it is not right any more. */
  readonly saved?: ShownPlan | undefined;
  readonly waitMs: number;
  readonly dryRun: boolean;
  /** Asked once, with all that is to be done; false leaves all as it is. */
  readonly confirm: (plan: Plan) => Promise<boolean>;
}

/**
 * Makes the nodes what the config says: settles what was cut off, looks, plans, asks, and does it. What fails stops what
 * comes after it, and nothing else; doing it again goes on. Throws confirmation-missing, and usage for a saved plan of
 * another cluster.
 */
export async function applyConfig(
  ports: Ports,
  input: ApplyInput,
): Promise<Report<{ steps: readonly (PlanStep | StepRow)[] }>> {
  const { config, saved, dryRun } = input;
  if (saved && saved.cluster !== config.cluster) throw ofAnotherCluster(saved, config.cluster);
  const request: PlanRequest = saved ? { ...input, ...optionsOf(saved), ...placesOf(saved) } : input;
  // A saved plan is good for what was there, whatever has been cut off since.
  if (!dryRun && !saved) await settleFirst(ports, { ...request, waitMs: input.waitMs });
  const look = await makePlan(ports, request);
  const stale = saved ? staleSteps(saved, look) : [];
  if (stale.length > 0) {
    return {
      result: { steps: [] },
      failures: [...look.failures, ...stale.map((error) => toFailure(error))],
      exitCode: 4,
    };
  }
  if (dryRun || look.steps.length === 0) return { result: { steps: look.steps }, failures: look.failures };
  if (!(await input.confirm(look))) return { result: { steps: [] }, failures: look.failures, exitCode: 4 };
  await remember(ports, input, look);
  const { rows, failures } = await carryOutPlan(ports, { ...input, ...request, plan: look });
  return { result: { steps: rows }, failures: [...look.failures, ...failures] };
}

function optionsOf({
  removes,
  newest,
  copyVolumes,
}: ShownPlan): Pick<PlanRequest, "removes" | "newest" | "copyVolumes"> {
  return { removes, newest, copyVolumes };
}

/** What was seen where the layout has it, and where containers are: for the next plan, when some of it is gone. */
async function remember(
  ports: Ports,
  { config }: ApplyInput,
  { states }: Awaited<ReturnType<typeof makePlan>>,
): Promise<void> {
  const nowMs = ports.clock.now();
  await ports.generations.update((known = noGenerations) => seenBy(known, config, { states, nowMs }));
  await rememberFound(ports, config, new Map([...states].map(([node, { containers }]) => [node, containers])));
}

function ofAnotherCluster({ cluster }: ShownPlan, own: string): PictlError {
  return new PictlError("usage", `The plan is for the cluster "${cluster}", and the config for "${own}".`, {
    hint: "Say `--config` with the config that it was made with.",
  });
}

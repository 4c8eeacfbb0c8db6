import type { Failure } from "../../domain/errors.ts";
import type { PlanStep } from "../../domain/plan/types.ts";
import type { Ports } from "../ports.ts";
import type { Report } from "../kit/report.ts";
import { makePlan, type PlanRequest } from "./look.ts";

/** Of a plan in which there is something to do, where somebody wants to hear of it by the exit code. */
const exitCodeOfSteps = 5;

/**
 * What `apply` would do, and what is not as wanted and nobody does unasked. Touches nothing. `detailed`: the exit code tells
 * whether there is something to do.
 */
export async function planCluster(
  ports: Ports,
  request: PlanRequest & { readonly detailed: boolean },
): Promise<Report<{ steps: readonly PlanStep[] }>> {
  const { steps, failures } = await makePlan(ports, request);
  return { result: { steps }, failures, ...exitCodeFor(steps, failures, request.detailed) };
}

function exitCodeFor(
  steps: readonly PlanStep[],
  failures: readonly Failure[],
  detailed: boolean,
): { readonly exitCode?: number } {
  return detailed && failures.length === 0 && steps.length > 0 ? { exitCode: exitCodeOfSteps } : {};
}

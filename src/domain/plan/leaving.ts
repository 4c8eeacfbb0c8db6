import { PictlError } from "../errors.ts";
import type { PlanStep } from "./types.ts";

/** Whoever agrees to everything unseen has not agreed to lose data. `hint`: how that is said. Throws confirmation-missing. */
export function refuseLeavingData(steps: readonly PlanStep[], hint: string): void {
  const step = steps.find(({ leavesData }) => leavesData);
  if (!step) return;
  const { container, node, data } = step;
  throw new PictlError("confirmation-missing", `${container} would leave data of its own behind: ${data.join("; ")}.`, {
    container,
    node,
    hint,
  });
}

import type { Placement } from "../config/types.ts";
import type { StepKind } from "./types.ts";

export function stepId(kind: StepKind, { container, node }: Pick<Placement, "container" | "node">): string {
  return `${kind} ${container}@${node}`;
}

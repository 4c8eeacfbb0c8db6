import { toFailure } from "../../domain/errors.ts";
import { nodeNamed } from "../../domain/select.ts";
import type { Ports } from "../ports.ts";
import type { Report } from "../kit/report.ts";
import { cordonNodes } from "./cordon.ts";
import { drain, planDrainOf } from "./drain.ts";
import type { DrainedRow, RemoveDrainedInput } from "./remove-drained.ts";

/**
 * Cordons a node and moves its containers to others; it stays in the config. Throws unknown-node. A container that no
 * node can take, or that fails to move, is a failure and stays where it is.
 */
export async function drainNode(
  ports: Ports,
  input: RemoveDrainedInput,
): Promise<Report<{ nodes: readonly DrainedRow[] }>> {
  const { store, config, name, dryRun } = input;
  const node = nodeNamed(config, name);
  const placements = config.placements.filter((each) => each.node === name);
  const plan = await planDrainOf(ports, { ...input, node, placements });
  for (const sentence of plan.leftBehind) ports.progress.warn(sentence);
  const keepers = plan.stuck.map(({ container = "" }) => container);
  const agreed = dryRun || plan.moves.length === 0 || (await input.confirm(plan, keepers));
  if (!agreed) return { result: { nodes: [] }, failures: [], exitCode: 4 };

  const cordoned = await cordonNodes(ports, { store, nodes: [node], cordoned: true, dryRun });
  const { moves, failures } = await drain(ports, { ...input, node, plan });
  const still = placements
    .map(({ container }) => container)
    .filter((each) => !moves.some((move) => move.container === each));
  const rows = cordoned.result.nodes.map((row) => ({
    ...row,
    changed: row.changed || (!dryRun && moves.length > 0),
    outcome: `${row.outcome}; ${left(still, { wasEmpty: placements.length === 0, dryRun })}`,
    moves,
  }));
  return { result: { nodes: rows }, failures: [...plan.stuck.map((each) => toFailure(each)), ...failures] };
}

function left(still: readonly string[], { wasEmpty, dryRun }: { wasEmpty: boolean; dryRun: boolean }): string {
  if (wasEmpty) return "nothing was placed on it";
  if (still.length > 0) return `still there: ${still.join(", ")}`;
  return dryRun ? "would be empty" : "empty now";
}

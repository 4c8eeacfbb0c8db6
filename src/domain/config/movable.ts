import { parseRunArgs } from "../docker/run/run-args.ts";
import { formatLocalData, ownData } from "../move/local-data.ts";
import type { Findings } from "./findings/problem.ts";
import type { RawConfig } from "./raw.ts";
import type { Constraint, Placement } from "./types.ts";

/**
 * Marks the containers that may fail over (`constraints`: none while nothing fails over by itself, since then nothing but
 * Docker brings a container back after a reboot), and warns of a restart policy that is not kept then: after a power loss
 * Docker brings back what has any policy but `no`, `on-failure` too, and with it a second copy of what has moved on. And of
 * data that keeps one from failing over, which is better known before its node dies.
 */
export function markMovable(
  raw: RawConfig,
  placements: readonly Placement[],
  constraints: readonly Constraint[],
  findings: Findings,
): Placement[] {
  const movable = new Set(constraints.map((each) => each.container));
  return placements.map((each) => {
    if (!movable.has(each.container)) return each;
    const placement = { ...each, movable: true };
    const { restart } = parseRunArgs(each.args);
    const row = (raw.layout ?? []).findIndex(({ node }) => node === each.node);
    const path = ["layout", row, each.container];
    const data = ownData(each);
    if (data.length > 0) {
      findings.warning(
        path,
        `does not fail over by itself, since its data lies on its node: ${data.map(formatLocalData).join("; ")}; say \`"shared": true\` if other nodes see the same data, or can do without it`,
      );
    }
    if (overridesRestart(placement)) {
      findings.warning(
        path,
        `runs with --restart=no instead of ${restart ?? ""}, since it may fail over: Docker would bring a second copy back after its node had failed; \`pictl daemon\` restarts it`,
      );
    }
    return placement;
  });
}

/** Whether `--restart=no` has to be said after the container's own arguments. */
export function overridesRestart({ movable, args }: Pick<Placement, "movable" | "args">): boolean {
  const { restart } = parseRunArgs(args);
  return movable === true && restart !== undefined && restart !== "no";
}

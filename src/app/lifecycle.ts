import type { Config, Placement } from "../domain/config/types.ts";
import { type LifecycleAction, planLifecycle } from "../domain/container/lifecycle.ts";
import { ours } from "../domain/container/ownership.ts";
import { render } from "../domain/shell.ts";
import { runDocker } from "./docker.ts";
import { fanOut } from "./fan-out.ts";
import { nodeOf, observer, type Observer } from "./observe.ts";
import type { Ports } from "./ports.ts";
import { record } from "./record.ts";
import type { Report } from "./report.ts";

export interface LifecycleInput {
  readonly config: Config;
  readonly action: LifecycleAction;
  readonly placements: readonly Placement[];
  /** Seconds a container may take to stop by itself. */
  readonly graceSeconds: number;
  readonly dryRun: boolean;
}

export interface LifecycleRow {
  readonly container: string;
  readonly node: string;
  readonly changed: boolean;
  /** `started`, `runs already` …; under --dry-run what would be run. */
  readonly outcome: string;
  readonly durationMs: number;
}

const eventTypes = {
  start: "container.started",
  stop: "container.stopped",
  restart: "container.restarted",
  delete: "container.deleted",
} as const;

/** Starts, stops, restarts or deletes containers, all at once. Never touches a container that is not ours. */
export async function lifecycle(
  ports: Ports,
  input: LifecycleInput,
): Promise<Report<{ containers: readonly LifecycleRow[] }>> {
  const observe = observer(ports, input.config);
  const { results, failures } = await fanOut(ports, input.placements, {
    place: ({ node, container }) => ({ node, container }),
    work: (placement) => apply(ports, { ...input, placement, observe }),
  });
  return { result: { containers: results }, failures };
}

async function apply(
  ports: Ports,
  input: LifecycleInput & { placement: Placement; observe: Observer },
): Promise<LifecycleRow> {
  const { config, action, placement, graceSeconds } = input;
  const { container, node } = placement;
  const step = ports.progress.step(`${container}@${node}`, action);
  const startedAt = ports.clock.monotonic();
  try {
    const facts = ours(await input.observe.containers(node), container, config.cluster);
    const plan = planLifecycle(action, container, { facts, graceSeconds });
    let outcome = plan.why;
    if (plan.command && input.dryRun) outcome = `would run: ${render(plan.command)}`;
    else if (plan.command) {
      const connection = await ports.nodes.connect(nodeOf(config, node), ports.signal);
      await runDocker(connection, plan.command, {
        doing: `${action} ${container}`,
        timeoutMs: (graceSeconds + 60) * 1000,
        signal: ports.signal,
      });
      await record(ports, {
        type: eventTypes[action],
        node,
        container,
        before: facts?.state ?? null,
        durationMs: Math.round(ports.clock.monotonic() - startedAt),
      });
    }
    step.done(outcome);
    return {
      container,
      node,
      changed: plan.command !== undefined && !input.dryRun,
      outcome,
      durationMs: Math.round(ports.clock.monotonic() - startedAt),
    };
  } catch (error) {
    step.fail(error instanceof Error ? error.message : String(error));
    throw error;
  }
}

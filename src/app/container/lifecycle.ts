import type { Config, Placement } from "../../domain/config/types.ts";
import { stopDeadlineMs } from "../../domain/container/stop/grace.ts";
import { type LifecycleAction, planLifecycle } from "../../domain/container/lifecycle.ts";
import { isAlive } from "../../domain/container/stop/grace.ts";
import { markOf, staysStopped } from "../../domain/container/stop/stop-mark.ts";
import { ours } from "../../domain/container/copies/ownership.ts";
import type { ContainerFacts } from "../../domain/docker/facts.ts";
import { noSuchStray } from "../../domain/select.ts";
import { PictlError } from "../../domain/errors.ts";
import { render } from "../../domain/shell.ts";
import type { Conducted } from "../kit/conducted.ts";
import { act, type ActionRow, type Done } from "../kit/act.ts";
import { runDockerAloud } from "../kit/docker-aloud.ts";
import { refuseSecondCopy } from "../copies/elsewhere.ts";
import { fanOut } from "../kit/fan-out.ts";
import { withLocks } from "../kit/locks.ts";
import { onceSettled } from "../move/settle.ts";
import { nodeOf, observer, type Observer } from "../kit/observe/observer.ts";
import type { Ports } from "../ports.ts";
import { removeLeftovers, settleReplacement } from "../place/settle.ts";
import { refuseMoved } from "../copies/refuse-moved.ts";
import type { Report } from "../kit/report.ts";
import { forgetStopped, leaveStopMark } from "../copies/stop-marks.ts";
import { startWatchMs, watchStart } from "../daemon/watch-start.ts";

export interface LifecycleInput {
  readonly config: Config;
  readonly action: LifecycleAction;
  readonly placements: readonly Placement[];
  /** Seconds a container may take to stop by itself; missing: as long as it says itself. */
  readonly graceSeconds?: number | undefined;
  /** How long to wait for another pictl that changes the same containers. */
  readonly waitMs: number;
  readonly dryRun: boolean;
  /** Milliseconds after being sent within which the node may begin (`RunOptions.guard`). */
  readonly windowMs?: number;
  /** What somebody wants stopped is left alone: for whoever was not asked for this very container. */
  readonly leaveStopped?: boolean;
  /** It is part of something larger, which has settled what was cut off. */
  readonly conducted?: Conducted;
}

const eventTypes = {
  start: "container.started",
  stop: "container.stopped",
  restart: "container.restarted",
  delete: "container.deleted",
} as const;

/**
 * Starts, stops, restarts or deletes containers, all at once; one that ends right after its start is a failure. Never
 * touches a container that is not ours.
 */
export async function lifecycle(
  ports: Ports,
  input: LifecycleInput,
): Promise<Report<{ containers: readonly ActionRow[] }>> {
  if (input.dryRun || input.conducted) return applyToAll(ports, input);
  return onceSettled(ports, input, (placements) => applyToAll(ports, { ...input, placements }));
}

async function applyToAll(ports: Ports, input: LifecycleInput): Promise<Report<{ containers: readonly ActionRow[] }>> {
  const observe = observer(ports, input.config);
  const { results, failures } = await withLocks(ports, input, (locked) =>
    fanOut(ports, input.placements, {
      place: ({ node, container }) => ({ node, container }),
      work: (placement) => {
        const work = (): Promise<ActionRow> =>
          act(ports, { verb: input.action, ...placement }, async () => {
            await locked(placement);
            // What is there may run while the config is broken; what is not is not made by an old one (`create`).
            if (!input.dryRun && placement.stray !== true) await refuseMoved(ports, placement).catch(unlessBroken);
            if (input.conducted) {
              const there = await observe.containers(placement.node);
              input.conducted.asPlanned(placement, { facts: ours(there, placement.container, input.config.cluster) });
            }
            const found = await settledFirst(ports, { ...input, placement, observe });
            return applyLifecycle(ports, { ...input, placement, found, observe });
          });
        return input.conducted ? input.conducted.inTurn(placement, work) : work();
      },
    }),
  );
  return { result: { containers: results }, failures };
}

function unlessBroken(error: unknown): void {
  if (!(error instanceof PictlError && error.code === "config-invalid")) throw error;
}

type One = Omit<LifecycleInput, "placements" | "waitMs"> & { readonly placement: Placement };

/** What is on the node when a replacement of the container that was cut off is settled, or is gone with it. */
function settledFirst(ports: Ports, input: One & { readonly observe: Observer }): Promise<readonly ContainerFacts[]> {
  if (input.dryRun) return input.observe.containers(input.placement.node);
  return input.action === "delete" ? removeLeftovers(ports, input) : settleReplacement(ports, input);
}

/** The action on one container whose lock is held. */
export async function applyLifecycle(
  ports: Ports,
  input: One & {
    /** What is on the node. */
    readonly found: readonly ContainerFacts[];
    readonly observe: Observer;
  },
): Promise<Done> {
  const { config, action, placement, graceSeconds } = input;
  const { container } = placement;
  const node = nodeOf(config, placement.node);
  const facts = ours(input.found, container, config.cluster);
  if (!facts && placement.stray === true) throw noSuchStray(config, placement);
  const marks = facts ? await input.observe.stopMarks(node.name) : [];
  const mark = markOf(marks, facts);
  if (mark && input.leaveStopped === true && facts && !isAlive(facts)) return { outcome: staysStopped(mark) };
  if (facts && (action === "start" || action === "restart")) await refuseSecondCopy(ports, { ...input, facts });
  const { commands, why, watch } = planLifecycle(action, container, { facts, graceSeconds });
  const marking = action === "stop" && facts && !mark ? facts : undefined;
  const changes = commands.length > 0 || marking !== undefined;
  if (input.dryRun) return { outcome: changes ? `would run: ${commands.map(render).join(" && ")}` : why };
  const marked = { cluster: config.cluster, container, marks };
  const connection = await ports.nodes.connect(node, ports.signal);
  // Before it stops, or a daemon that looks in between starts it again.
  if (marking) await leaveStopMark(ports, { ...marked, connection, facts: marking });
  if (action === "start" || action === "restart") await forgetStopped({ ...marked, connection });
  for (const command of commands) {
    await runDockerAloud(ports, connection, command, {
      doing: `${action} ${container}`,
      timeoutMs: stopDeadlineMs(facts, graceSeconds),
      signal: ports.signal,
      ...(input.windowMs === undefined ? {} : { guard: { windowMs: input.windowMs } }),
    });
  }
  if (action === "delete") await forgetStopped({ ...marked, connection });
  if (watch) {
    const engine = await ports.engines.on(node, ports.signal);
    await watchStart(ports, { engine, container, watchMs: startWatchMs, removesFailed: false });
  }
  return changes
    ? { outcome: why, event: { type: eventTypes[action], before: facts?.state ?? null } }
    : { outcome: why };
}

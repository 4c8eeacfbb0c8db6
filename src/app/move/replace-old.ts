import { stopDeadlineMs } from "../../domain/container/grace.ts";
import { retire, retiredName } from "../../domain/container/replace.ts";
import { runInput } from "../../domain/container/wanted.ts";
import * as docker from "../../domain/docker/commands.ts";
import type { ContainerFacts } from "../../domain/docker/facts.ts";
import type { Place } from "../../domain/move/data-commands.ts";
import { wantedDigest } from "../environment.ts";
import { runDocker } from "../docker.ts";
import type { Ports } from "../ports.ts";
import { putInPlace } from "../run-container.ts";
import { checkMoved } from "./check.ts";
import { copyData } from "./copy-data.ts";
import type { Replacing, Switching } from "./moving.ts";
import { oursOn, type Side } from "./side.ts";

/** Stops the old copy and starts the new one, or the other way round; resolves to the time when neither ran. */
export async function replaceOld(ports: Ports, moving: Replacing, startingNew: () => Promise<void>): Promise<number> {
  const { plan, step, source, target, old, overlap, copyVolumes, copied } = moving;
  if (overlap) {
    await startingNew();
    if (source && old) await putAside(ports, source, old, moving);
    return 0;
  }
  const stoppedAt = ports.clock.monotonic();
  if (source && old) {
    step.update(`stopping it on ${plan.from}`);
    await putAside(ports, source, old, moving);
    if (copyVolumes) {
      await moving.stillLocked(plan.to);
      const [from, to] = [source.connection, target.connection];
      const noting = (place: Place): Promise<void> => {
        copied.push(place);
        return ports.journal.write({ ...moving.move, step: "switching", copied });
      };
      await copyData(ports, { from, to, data: plan.data, step, noting });
    }
  }
  await startingNew();
  return Math.round(ports.clock.monotonic() - stoppedAt);
}

/**
 * Interrupted while it stops, the old one is killed: its stopping cannot be called back, and would come in the middle of
 * what undoes it.
 */
async function putAside(
  ports: Ports,
  source: Side,
  old: ContainerFacts,
  { plan, graceSeconds, stillLocked }: Switching,
): Promise<void> {
  await stillLocked(plan.from);
  const { container } = plan;
  const leftover = source.containers.find((facts) => facts.name === retiredName(container));
  const commands = [...(leftover ? [docker.remove(leftover.id)] : []), ...retire(old.name, graceSeconds)];
  const doing = `put the old ${container} aside`;
  try {
    for (const command of commands) {
      await runDocker(source.connection, command, {
        doing,
        timeoutMs: stopDeadlineMs(old, graceSeconds),
        signal: ports.signal,
      });
    }
  } catch (error) {
    if (ports.signal.aborted) await runDocker(source.connection, docker.kill(old.id), { doing }).catch(() => undefined);
    throw error;
  }
}

/** Starts the new copy, and sees that it does its work. */
export async function startNew(ports: Ports, moving: Replacing): Promise<void> {
  const { config, plan, step, source, target, move, graceSeconds } = moving;
  // The old node may have died meanwhile: that stops nothing.
  await moving.stillLocked(plan.to);
  step.update(`starting it on ${plan.to}`);
  const sameMachine = source?.engineId === target.engineId;
  const digest = wantedDigest(plan.wanted, moving.fromFile);
  const runCommand = docker.run(
    runInput(plan.wanted, { cluster: config.cluster, generation: move.generation, digest }),
  );
  await putInPlace(ports, {
    connection: target.connection,
    engine: target.engine,
    placement: plan.wanted,
    runCommand,
    generation: move.generation,
    environment: moving.environment,
    old: sameMachine ? undefined : oursOn(target, plan.container, config.cluster),
    retired: undefined,
    graceSeconds,
    watchMs: 0,
    removesFailed: true,
  });
  await checkMoved(ports, { config, plan, engine: target.engine, step, patienceMs: moving.patienceMs });
}

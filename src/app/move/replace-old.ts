import { stopDeadlineMs } from "../../domain/container/stop/grace.ts";
import { runInput } from "../../domain/container/drift/wanted.ts";
import * as docker from "../../domain/docker/client/commands.ts";
import type { ContainerFacts, StopMark } from "../../domain/docker/facts.ts";
import type { DataPlace } from "../../domain/move/data-commands.ts";
import { checkOf, gatesOf, type Passed } from "../../domain/place/gate.ts";
import { copiesOf, retiredName } from "../../domain/place/names.ts";
import { freshSteps, swapSteps } from "../../domain/place/steps.ts";
import { rememberPlacement } from "../history/remember.ts";
import { wantedDigest } from "../place/prepare/environment.ts";
import { leaveStopMark } from "../copies/stop-marks.ts";
import { runDocker } from "../kit/docker.ts";
import { runDockerAloud } from "../kit/docker-aloud.ts";
import { underLock } from "../kit/locks.ts";
import { nodeOf } from "../kit/observe/observer.ts";
import { putInPlace } from "../place/put.ts";
import type { Ports } from "../ports.ts";
import { copyData } from "./copy-data.ts";
import type { Replacing, Switching } from "./moving.ts";
import type { Side } from "./side.ts";

/**
 * Stops the old copy and starts the new one, or the other way round; resolves to the time when nothing served, up to the
 * moment when the new copy passed its gate: null where both ran and nothing tells since when the new one serves.
 */
export async function replaceOld(
  ports: Ports,
  moving: Replacing,
  startingNew: () => Promise<Passed>,
): Promise<number | null> {
  const { plan, step, source, target, old, overlap, copyVolumes, copied, powers } = moving;
  if (overlap) {
    const { serves } = await startingNew();
    if (source && old) await putAside(ports, source, old, moving);
    return serves ? 0 : null;
  }
  const stoppedAt = ports.clock.monotonic();
  if (source && old) {
    step.update(`stopping it on ${plan.from}`);
    await putAside(ports, source, old, moving);
    if (copyVolumes) {
      await moving.stillLocked(plan.to);
      const [from, to] = [source.connection, target.connection];
      const noting = (place: DataPlace): Promise<void> => {
        copied.push(place);
        return ports.journal.write({ ...moving.move, step: "switching", copied });
      };
      await copyData(ports, { from, to, data: plan.data, powers, step, noting });
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
  const commands = [docker.stop(old.name, graceSeconds), docker.rename(old.name, retiredName(container))];
  const doing = `put the old ${container} aside`;
  try {
    for (const command of commands) {
      await runDockerAloud(ports, source.connection, command, {
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
export async function startNew(ports: Ports, moving: Replacing): Promise<Passed> {
  const { config, plan, step, source, target, move, graceSeconds, rests } = moving;
  const { container, wanted } = plan;
  // The old node may have died meanwhile: that stops nothing.
  const stillLocked = (): Promise<void> => moving.stillLocked(plan.to);
  await stillLocked();
  step.update(`starting it on ${plan.to}`);
  const sameMachine = source?.engineId === target.engineId;
  const { own, next, retired } = copiesOf(sameMachine ? [] : target.containers, container, config.cluster);
  // What was cut off there belongs to nothing any more.
  for (const left of [next, retired]) {
    if (left) await runDocker(target.connection, docker.remove(left.id), { doing: `remove an older ${container}` });
  }
  const check = checkOf(config, plan.old) ?? checkOf(config, wanted);
  const gates = gatesOf(undefined, { check, skips: moving.skipsCheck ?? false });
  const swap = { kind: "stop-first", why: "it is outdated" } as const;
  const starts = rests === undefined;
  const { passed } = await putInPlace(ports, {
    cluster: config.cluster,
    node: nodeOf(config, plan.to),
    connection: target.connection,
    engine: target.engine,
    placement: wanted,
    old: own,
    run: runInput(wanted, {
      cluster: config.cluster,
      generation: move.generation,
      digest: wantedDigest(wanted, moving.fromFile),
    }),
    // Its image is not asked: nothing serves meanwhile.
    fillsVolumes: true,
    generation: move.generation,
    environment: moving.environment,
    steps: own
      ? swapSteps(container, { swap, gates, graceSeconds, old: own, starts })
      : freshSteps(container, gates, { starts }),
    patienceMs: moving.patienceMs ?? wanted.patienceMs,
    mayEnd: wanted.oneOff === true,
    step,
    stillLocked,
    underLock: (undo) => underLock(ports, { config, place: { container, node: plan.to }, stillLocked }, undo),
    onSwitch: () => Promise.resolve(),
  });
  if (rests) await keepStopped(ports, moving, rests);
  const record = { placement: wanted, generation: move.generation, digest: wantedDigest(wanted, moving.fromFile) };
  await rememberPlacement(ports, { ...record, engine: target.engine, outcome: "placed" });
  return passed;
}

/** Before the config says that it is there: a daemon that looks then would start it. */
async function keepStopped(
  ports: Ports,
  { config, plan: { container }, target: { connection, engine } }: Replacing,
  since: StopMark,
): Promise<void> {
  const facts = await engine.container(container);
  if (facts) await leaveStopMark(ports, { connection, cluster: config.cluster, container, facts, since });
}

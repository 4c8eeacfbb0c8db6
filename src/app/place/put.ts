import type { NodeSpec, Placement } from "../../domain/config/types.ts";
import {
  environmentFile,
  type EnvVariable,
  withEnvironmentOnStdin,
} from "../../domain/container/environment/variables.ts";
import { stopDeadlineMs } from "../../domain/container/stop/grace.ts";
import { generationOf } from "../../domain/container/copies/ownership.ts";
import * as docker from "../../domain/docker/client/commands.ts";
import { dockerWarnings } from "../../domain/docker/client/warnings.ts";
import type { ContainerFacts } from "../../domain/docker/facts.ts";
import { hintedFurther, PictlError, toFailure } from "../../domain/errors.ts";
import type { Passed } from "../../domain/place/gate.ts";
import { addressMissing, missingAddress, portTaken } from "../../domain/placement/ports.ts";
import { copiesOf } from "../../domain/place/names.ts";
import { type PlaceStep, undoing } from "../../domain/place/steps.ts";
import { makeNetworks } from "./prepare/networks.ts";
import { runDockerAloud } from "../kit/docker-aloud.ts";
import type { Connection, Engine, Ports, ProgressStep } from "../ports.ts";
import { passGate } from "./gate.ts";
import { beforeStart, beforeStop, holderOf, type PortTurns } from "./rollout/port-turns.ts";

/** A container to be put in place. */
export interface Putting {
  readonly cluster: string;
  readonly node: NodeSpec;
  readonly connection: Connection;
  readonly engine: Engine;
  readonly placement: Placement;
  /** `swapSteps`, or `freshSteps` where there is no old copy. */
  readonly steps: readonly PlaceStep[];
  readonly old: ContainerFacts | undefined;
  readonly run: docker.RunInput;
  /** Docker may copy what its image has into volumes of it. */
  readonly fillsVolumes: boolean;
  /** The new copy's, which tells it from any other of its name. */
  readonly generation: number;
  /** What it gets by stdin (`environmentOf`). */
  readonly environment: readonly EnvVariable[];
  readonly patienceMs: number | undefined;
  readonly mayEnd: boolean;
  readonly step: ProgressStep;
  /** Rejects with connection-lost once the lock is ours no more. */
  readonly stillLocked: () => Promise<void>;
  /** Does what undoes it under the lock, which it takes anew when it is ours no more (`kit/locks.ts`). */
  readonly underLock: <T>(undo: () => Promise<T>) => Promise<T>;
  /** What is replaced beside it, and may have its ports yet. */
  readonly portTurns?: PortTurns | undefined;
  /** Tells the user's proxy of both copies. */
  readonly onSwitch: (next: string) => Promise<void>;
}

export interface Put {
  /** How long nothing served, up to the moment when the last gate was passed; 0 when both copies ran. */
  readonly gapMs: number;
  readonly passed: Passed;
}

/** Nothing is pulled or built then. */
const makeMs = 3 * 60_000;
/** It may take as long as copying what its image has into its volumes. */
const makeAndCopyMs = 15 * 60_000;

/**
 * Carries out the steps that put a new copy in place. What fails before it is settled is undone: the old copy is back as
 * it was, running or not. One that was made where there was none stays, unless it could not be started. Rejects with what
 * `runDocker` and `passGate` reject with; the message tells what became of the old copy.
 */
export async function putInPlace(ports: Ports, putting: Putting): Promise<Put> {
  const { steps, old, step } = putting;
  const settledAt = steps.findIndex((each) => each.do === "settled");
  let gap: { readonly since: number; until: number } | undefined;
  let passed: Passed = { told: "not checked", serves: false };
  try {
    for (const each of steps.slice(0, settledAt)) {
      ports.signal.throwIfAborted();
      await putting.stillLocked();
      await forItsPorts(ports, putting, each);
      if (each.do === "run" && each.gap) gap = { since: ports.clock.monotonic(), until: 0 };
      passed = (await carryOut(ports, putting, each)) ?? passed;
      if (gap && isGapStep(each, gap.until)) gap.until = ports.clock.monotonic();
    }
  } catch (error) {
    const told = await namingPort(putting, error);
    throw await putBack(ports, putting, { error: told, wasTouched: gap !== undefined });
  }
  try {
    step.update("removing the old one");
    for (const each of steps.slice(settledAt + 1)) await carryOut(ports, putting, each);
  } catch (error) {
    const { container, node } = putting.placement;
    ports.progress.warn(
      `The old copy of ${container} is still on ${node}: ${toFailure(error).message} The next command on ${container} removes it.`,
    );
  }
  return { gapMs: old && gap ? Math.round(gap.until - gap.since) : 0, passed };
}

/** Nothing is stopped for what could not be started then. */
async function forItsPorts(ports: Ports, putting: Putting, step: PlaceStep): Promise<void> {
  const { engine, placement, run, portTurns, old } = putting;
  const seeker = { engine, placement, args: run.args, portTurns, old, step: putting.step };
  if (step.do === "run" && step.gap && old?.state === "running") await beforeStop(ports, seeker);
  if ((step.do === "run" && step.binds) || (step.do === "make" && step.start)) await beforeStart(ports, seeker);
}

/** It serves again when its last gate is passed; without one after it, when the ports are handed over. */
function isGapStep(step: PlaceStep, until: number): boolean {
  return step.do === "gate" || (until === 0 && step.do === "run");
}

/** Resolves to how the new copy is, when the step is a gate. */
async function carryOut(ports: Ports, putting: Putting, step: PlaceStep): Promise<Passed | undefined> {
  const { connection, engine, node, placement, environment } = putting;
  const { container } = placement;
  switch (step.do) {
    case "make": {
      const run = { ...putting.run, name: step.as };
      const command = step.start ? docker.run(run) : docker.create(run);
      await makeNetworks(connection, placement);
      const { stderr } = await runDockerAloud(ports, connection, withEnvironmentOnStdin(command, environment), {
        doing: `create ${container}`,
        timeoutMs: putting.fillsVolumes ? makeAndCopyMs : makeMs,
        usualMs: 0,
        signal: ports.signal,
        ...(environment.length > 0 ? { stdin: environmentFile(environment) } : {}),
      });
      for (const warning of dockerWarnings(stderr)) {
        ports.progress.warn(`${container}@${placement.node} runs, and docker warns: ${warning}`);
      }
      return undefined;
    }
    case "run":
      putting.step.update(step.doing);
      await runDockerAloud(ports, connection, step.command, {
        doing: step.doing,
        ...(step.timeoutMs ? { timeoutMs: step.timeoutMs } : {}),
      }).catch((error: unknown) => {
        if (!(error instanceof PictlError && step.unless?.test(error.message))) throw error;
      });
      return undefined;
    case "gate": {
      putting.step.update(step.gate.kind === "check" ? "checking it" : "seeing that it comes up");
      const { patienceMs, mayEnd } = putting;
      return passGate(ports, { node, engine, gate: step.gate, name: step.name, container, patienceMs, mayEnd });
    }
    case "switch":
      await putting.onSwitch(step.name);
      return undefined;
    case "settled":
      return undefined;
  }
}

/** Docker tells that a port is taken, and not by whom, and that it lacks an address in words of its inside. */
async function namingPort({ engine, placement, run }: Putting, error: unknown): Promise<unknown> {
  const missing = error instanceof PictlError ? missingAddress(run.args, error.message) : undefined;
  if (missing !== undefined) return addressMissing(placement, missing);
  if (!(error instanceof PictlError && /port is already allocated|address already in use/.test(error.message)))
    return error;
  const taken = await holderOf({ engine, placement, args: run.args }).catch(() => undefined);
  return taken ? portTaken(placement, taken) : error;
}

/** Undoes what was done, and returns the failure that tells so. */
async function putBack(
  ports: Ports,
  putting: Putting,
  { error, wasTouched }: { readonly error: unknown; readonly wasTouched: boolean },
): Promise<unknown> {
  const { old, step } = putting;
  step.update("undoing");
  try {
    await putting.underLock(() => undo(ports, putting));
  } catch (failed) {
    return old ? withOldLost(error, failed) : error;
  }
  return old ? withOldBack(error, wasTouched) : error;
}

/** Undoing is not interrupted: half a replacement is worse than a late Ctrl-C. */
async function undo(ports: Ports, putting: Putting): Promise<void> {
  const { cluster, node, connection, old, placement } = putting;
  const { container } = placement;
  const engine = await ports.engines.on(node);
  const found = await engine.containers();
  const made = found.find((each) => generationOf(each) === putting.generation);
  const commands = old
    ? undoing(container, copiesOf(found, container, cluster), { args: placement.args, ran: old.state === "running" })
    : unstarted(found, putting).map(({ id }) => docker.remove(id));
  for (const command of commands) {
    await runDockerAloud(ports, connection, command, {
      doing: `bring the old ${container} back`,
      timeoutMs: stopDeadlineMs(made, undefined),
    });
  }
}

/** What docker leaves behind of a container that it could not start; it would block the next try. */
function unstarted(found: readonly ContainerFacts[], { placement, generation }: Putting): readonly ContainerFacts[] {
  return found.filter(
    (each) => each.name === placement.container && generationOf(each) === generation && each.state === "created",
  );
}

/** The failure of a replacement, which also tells that nothing was lost. */
function withOldBack(error: unknown, wasTouched: boolean): unknown {
  if (!(error instanceof PictlError)) return error;
  const { container, node, hint, code, message } = error;
  const fate = wasTouched ? "The old container is back as it was." : "The old container was not touched.";
  return new PictlError(code, `${message} ${fate}`, { container, node, hint, cause: error });
}

/** Why the old container is not back must not hide why the new one does not run. */
function withOldLost(error: unknown, failed: unknown): PictlError {
  const next = "The next command on it brings it back, when that is put right.";
  const { code, message, ...place } = hintedFurther(toFailure(error), next);
  return new PictlError(code, `${message} The old container is not back: ${toFailure(failed).message}`, {
    ...place,
    cause: error,
  });
}

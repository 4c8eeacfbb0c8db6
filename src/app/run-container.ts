import type { Placement } from "../domain/config/types.ts";
import { environmentFile, type EnvVariable, withEnvironmentOnStdin } from "../domain/container/environment.ts";
import { stopDeadlineMs } from "../domain/container/grace.ts";
import { generationOf } from "../domain/container/ownership.ts";
import { restore, retire, retiredName } from "../domain/container/replace.ts";
import * as docker from "../domain/docker/commands.ts";
import { dockerWarnings } from "../domain/docker/warnings.ts";
import type { ContainerFacts } from "../domain/docker/facts.ts";
import { hintedFurther, PictlError, toFailure } from "../domain/errors.ts";
import type { Command } from "../domain/shell.ts";
import { runDocker } from "./docker.ts";
import { makeNetworks } from "./networks.ts";
import type { Connection, Engine, Ports } from "./ports.ts";
import { watchStart } from "./watch-start.ts";

export interface RunPlace {
  readonly connection: Connection;
  readonly engine: Engine;
  readonly placement: Placement;
  /** `docker container run …`. */
  readonly runCommand: Command;
  /** The new container's, which tells it from any other of its name. */
  readonly generation: number;
  /** What it gets by stdin (`environmentOf`). */
  readonly environment: readonly EnvVariable[];
  /** How long the new container is watched: one that ends with an error in this time did not start. 0: one look. */
  readonly watchMs: number;
  /** The caller removes one that did not start, and its log with it. */
  readonly removesFailed: boolean;
}

/** A registry image may have to be pulled first. */
const runTimeoutMs = 15 * 60_000;

/**
 * Puts a new container in its place. An old one is stopped and kept under another name until the new one runs; when
 * the new one does not, the old one is back as it was. `retired` is what a replacement that was cut off left behind.
 */
export async function putInPlace(
  ports: Ports,
  place: RunPlace & {
    readonly old: ContainerFacts | undefined;
    readonly retired: ContainerFacts | undefined;
    /** Of the old one; missing: as long as it says itself. */
    readonly graceSeconds?: number | undefined;
  },
): Promise<void> {
  const { connection, old, retired, graceSeconds } = place;
  const { container } = place.placement;
  const timeoutMs = stopDeadlineMs(old, graceSeconds);
  const runAll = async (doing: string, commands: readonly Command[]): Promise<void> => {
    for (const command of commands) await runDocker(connection, command, { doing, timeoutMs });
  };
  if (old && retired) await runAll(`remove an older ${container}`, [docker.remove(retired.name)]);
  if (old) await runAll(`put the old ${container} aside`, retire(container, graceSeconds));
  try {
    await runContainer(ports, { ...place, removesFailed: place.removesFailed || (old ?? retired) !== undefined });
  } catch (error) {
    if (!(old ?? retired)) throw error;
    const back = restore(container, !old || old.state === "running");
    await runAll(`bring the old ${container} back`, back).catch((failed: unknown) => {
      throw withOldLost(error, failed);
    });
    throw withOldBack(error);
  }
  if (old ?? retired) await runAll(`remove the old ${container}`, [docker.remove(retiredName(container))]);
}

/**
 * Runs a container where there is none of that name, and looks whether it stays up. One that cannot be
 * started is removed again, because docker leaves it behind and it would block the next try.
 * Throws docker-failed and what `runDocker` throws.
 */
async function runContainer(ports: Ports, place: RunPlace): Promise<void> {
  const { connection, placement, environment } = place;
  const { container } = placement;
  await makeNetworks(connection, placement);
  try {
    const { stderr } = await runDocker(connection, withEnvironmentOnStdin(place.runCommand, environment), {
      doing: `create ${container}`,
      timeoutMs: runTimeoutMs,
      signal: ports.signal,
      ...(environment.length > 0 ? { stdin: environmentFile(environment) } : {}),
    });
    for (const warning of dockerWarnings(stderr)) {
      ports.progress.warn(`${container}@${placement.node} runs, and docker warns: ${warning}`);
    }
  } catch (error) {
    if (error instanceof PictlError && error.code === "docker-failed") await removeUnstarted(place);
    throw error;
  }
  await watchStart(ports, { ...place, container });
}

/** The failure of a replacement, which also tells that nothing was lost. */
function withOldBack(error: unknown): unknown {
  if (!(error instanceof PictlError) || !["docker-failed", "interrupted"].includes(error.code)) return error;
  const { container, node, hint, code, message } = error;
  return new PictlError(code, `${message} The old container is back as it was.`, {
    container,
    node,
    hint,
    cause: error,
  });
}

/** Why the old container is not back must not hide why the new one does not run. */
function withOldLost(error: unknown, failed: unknown): PictlError {
  const { code, message, ...place } = hintedFurther(toFailure(error), "When that is put right, create it again.");
  return new PictlError(code, `${message} The old container is not back: ${toFailure(failed).message}`, {
    ...place,
    cause: error,
  });
}

async function removeUnstarted({ connection, engine, placement, generation }: RunPlace): Promise<void> {
  const isNew = (each: ContainerFacts): boolean =>
    each.name === placement.container && generationOf(each) === generation;
  const left = (await engine.containers()).find(isNew);
  if (left?.state === "created") {
    await runDocker(connection, docker.remove(left.id), { doing: `remove the unstarted ${placement.container}` });
  }
}

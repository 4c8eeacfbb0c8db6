import type { Placement } from "../domain/config/types.ts";
import { environmentFile, withEnvironmentOnStdin } from "../domain/container/environment.ts";
import { restore, retire, retiredName } from "../domain/container/replace.ts";
import * as docker from "../domain/docker/commands.ts";
import type { ContainerFacts } from "../domain/docker/facts.ts";
import { PictlError } from "../domain/errors.ts";
import type { Command } from "../domain/shell.ts";
import { runDocker } from "./docker.ts";
import type { Connection, Engine, Ports } from "./ports.ts";

export interface RunPlace {
  readonly connection: Connection;
  readonly engine: Engine;
  readonly placement: Placement;
  /** `docker container run …`. */
  readonly runCommand: Command;
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
    readonly graceSeconds: number;
  },
): Promise<void> {
  const { connection, old, retired, graceSeconds } = place;
  const { container } = place.placement;
  const timeoutMs = (graceSeconds + 60) * 1000;
  const runAll = async (doing: string, commands: readonly Command[]): Promise<void> => {
    for (const command of commands) await runDocker(connection, command, { doing, timeoutMs });
  };
  if (old && retired) await runAll(`remove an older ${container}`, [docker.remove(retired.name)]);
  if (old) await runAll(`put the old ${container} aside`, retire(container, graceSeconds));
  try {
    await runContainer(ports, place);
  } catch (error) {
    if (old ?? retired) {
      await runAll(`bring the old ${container} back`, restore(container, !old || old.state === "running"));
    }
    throw error;
  }
  if (old ?? retired) await runAll(`remove the old ${container}`, [docker.remove(retiredName(container))]);
}

/**
 * Runs a container where there is none of that name, and looks once whether it stayed up. One that cannot be
 * started is removed again, because docker leaves it behind and it would block the next try.
 * Throws docker-failed and what `runDocker` throws.
 */
async function runContainer(ports: Ports, place: RunPlace): Promise<void> {
  const { connection, engine, placement } = place;
  const { container } = placement;
  const secrets = await Promise.all(
    Object.entries(placement.secrets).map(async ([name, source]) => [name, await ports.secrets.read(source)] as const),
  );
  try {
    await runDocker(connection, secrets.length > 0 ? withEnvironmentOnStdin(place.runCommand) : place.runCommand, {
      doing: `create ${container}`,
      timeoutMs: runTimeoutMs,
      signal: ports.signal,
      ...(secrets.length > 0 ? { stdin: environmentFile(secrets) } : {}),
    });
  } catch (error) {
    if (error instanceof PictlError && error.code === "docker-failed") await removeUnstarted(place);
    throw error;
  }
  const now = (await engine.containers()).find((each) => each.name === container);
  if ((now?.state === "exited" || now?.state === "dead") && now.exitCode !== 0) {
    throw new PictlError(
      "docker-failed",
      `The container ended with exit code ${String(now.exitCode ?? "unknown")} right after its start.`,
      { container, hint: `\`pictl logs ${container}\` shows what it said.` },
    );
  }
}

async function removeUnstarted({ connection, engine, placement }: RunPlace): Promise<void> {
  const left = (await engine.containers()).find((each) => each.name === placement.container);
  if (left?.state === "created") {
    await runDocker(connection, docker.remove(left.id), { doing: `remove the unstarted ${placement.container}` });
  }
}

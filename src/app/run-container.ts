import type { Placement } from "../domain/config/types.ts";
import { environmentFile, withEnvironmentOnStdin } from "../domain/container/environment.ts";
import { restore, retire, retiredName } from "../domain/container/replace.ts";
import * as docker from "../domain/docker/commands.ts";
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
 * Runs a container where there is none of that name, and looks once whether it stayed up. One that cannot be
 * started is removed again, because docker leaves it behind and it would block the next try.
 * Throws docker-failed and what `runDocker` throws.
 */
export async function runContainer(ports: Ports, place: RunPlace): Promise<void> {
  const { connection, engine, placement } = place;
  const { container } = placement;
  const hasSecrets = Object.keys(placement.secrets).length > 0;
  try {
    await runDocker(connection, hasSecrets ? withEnvironmentOnStdin(place.runCommand) : place.runCommand, {
      doing: `create ${container}`,
      timeoutMs: runTimeoutMs,
      signal: ports.signal,
      ...(hasSecrets ? { stdin: environmentFile(placement.secrets) } : {}),
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

/**
 * Puts a new container in the place of the old one. The old one is stopped and kept under another name until the new
 * one runs; when the new one does not, the old one is back as it was.
 */
export async function replaceContainer(
  ports: Ports,
  place: RunPlace & { readonly graceSeconds: number; readonly wasRunning: boolean },
): Promise<void> {
  const { connection, graceSeconds, wasRunning } = place;
  const { container } = place.placement;
  const stopTimeoutMs = (graceSeconds + 60) * 1000;
  for (const command of retire(container, graceSeconds)) {
    await runDocker(connection, command, { doing: `put the old ${container} aside`, timeoutMs: stopTimeoutMs });
  }
  try {
    await runContainer(ports, place);
  } catch (error) {
    for (const command of restore(container, wasRunning)) {
      await runDocker(connection, command, { doing: `bring the old ${container} back`, timeoutMs: stopTimeoutMs });
    }
    throw error;
  }
  await runDocker(connection, docker.remove(retiredName(container)), { doing: `remove the old ${container}` });
}

async function removeUnstarted({ connection, engine, placement }: RunPlace): Promise<void> {
  const left = (await engine.containers()).find((each) => each.name === placement.container);
  if (left?.state === "created") {
    await runDocker(connection, docker.remove(left.id), { doing: `remove the unstarted ${placement.container}` });
  }
}

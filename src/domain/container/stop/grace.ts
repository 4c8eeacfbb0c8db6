import * as docker from "../../docker/client/commands.ts";
import type { ContainerFacts } from "../../docker/facts.ts";
import { parseRunArgs } from "../../docker/run/run-args.ts";
import type { Command } from "../../shell.ts";

/** What Docker gives a container that says nothing else. */
const dockersSeconds = 10;
/** What a client, a busy node and its Docker take beside the grace. */
const marginMs = 60_000;

/**
 * Milliseconds within which a command that stops a container has ended: its grace, and a margin. The grace is what was
 * asked for, else the container's own (`--stop-timeout`), else Docker's. Infinity: the container may take for ever.
 */
export function stopDeadlineMs(
  facts: Pick<ContainerFacts, "stopTimeoutSeconds"> | undefined,
  graceSeconds: number | undefined,
): number {
  const seconds = graceSeconds ?? facts?.stopTimeoutSeconds ?? dockersSeconds;
  return seconds < 0 ? Infinity : seconds * 1000 + marginMs;
}

/** What runs, or is about to. */
export function isAlive({ state }: Pick<ContainerFacts, "state">): boolean {
  return state === "running" || state === "paused" || state === "restarting";
}

/**
 * Steps that remove a container. One that is alive is asked to end first, since its volumes stay and should be whole:
 * what it would save in its grace is not lost. With a grace of 0 it is killed.
 */
export function stopAndRemove(
  facts: Pick<ContainerFacts, "id" | "state">,
  graceSeconds: number | undefined,
  name = facts.id,
): readonly Command[] {
  const asks = isAlive(facts) && graceSeconds !== 0;
  return [...(asks ? [docker.stop(name, graceSeconds)] : []), docker.remove(name)];
}

/** Whether it can write to something that stays when it is removed. */
export function writesToMounts(args: readonly string[], { volumes }: Pick<ContainerFacts, "volumes">): boolean {
  return volumes.length > 0 || parseRunArgs(args).mounts.some(({ type, readOnly }) => type === "bind" && !readOnly);
}

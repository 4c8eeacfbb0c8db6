import { outlivedMarks } from "../../domain/container/stop/stop-mark.ts";
import * as docker from "../../domain/docker/client/commands.ts";
import type { ContainerFacts, StopMark } from "../../domain/docker/facts.ts";
import { PictlError } from "../../domain/errors.ts";
import { runDocker } from "../kit/docker.ts";
import type { Connection, Ports } from "../ports.ts";

interface Marked {
  readonly connection: Connection;
  readonly cluster: string;
  readonly container: string;
  /** What the node has now. */
  readonly marks: readonly StopMark[];
}

/**
 * Keeps on the node that somebody wants this container stopped. `since`: who and when; missing: whoever this is, now. Where that cannot be kept, the container is to be stopped
 * all the same, and the warning says what that means.
 */
export async function leaveStopMark(
  ports: Pick<Ports, "actor" | "clock" | "progress">,
  {
    connection,
    cluster,
    container,
    facts,
    since = { by: ports.actor.who, at: now(ports) },
  }: Omit<Marked, "marks"> & {
    readonly facts: Pick<ContainerFacts, "id">;
    readonly since?: Pick<StopMark, "by" | "at">;
  },
): Promise<void> {
  const mark = { id: facts.id, container, cluster, by: since.by, at: since.at };
  try {
    await runDocker(connection, docker.markStopped(mark), { doing: `remember that ${container} is to stay stopped` });
  } catch (error) {
    if (!(error instanceof PictlError) || error.code !== "docker-failed") throw error;
    ports.progress.warn(`${container}@${connection.node}: ${error.message} A daemon may start it again.`);
  }
}

/** Forgets that it is to stay stopped; and so of containers that had its name before, which nobody else would. */
export async function forgetStopped(
  { connection, cluster, container, marks }: Marked,
  kept?: { readonly id: string },
): Promise<void> {
  const outlived = outlivedMarks(marks, { container, cluster, ...(kept ? { kept: kept.id } : {}) });
  if (outlived.length === 0) return;
  await runDocker(connection, docker.removeVolumes(outlived), {
    doing: `forget that ${container} was to stay stopped`,
  });
}

function now({ clock }: Pick<Ports, "clock">): string {
  return `${new Date(clock.now()).toISOString().slice(0, 19)}Z`;
}

import type { Placement } from "../../domain/config/types.ts";
import { imageNamed } from "../../domain/container/drift/drift.ts";
import { generationOf } from "../../domain/container/copies/ownership.ts";
import { imageOf } from "../../domain/container/drift/wanted.ts";
import * as docker from "../../domain/docker/client/commands.ts";
import type { ContainerFacts } from "../../domain/docker/facts.ts";
import { toFailure } from "../../domain/errors.ts";
import { keptEntry, keptTag, noHistory, outlivedTags, withRecord } from "../../domain/history/records.ts";
import { runDocker } from "../kit/docker.ts";
import type { Connection, Engine, Ports } from "../ports.ts";

type Remembering = Pick<Ports, "history" | "clock" | "actor" | "progress">;

/**
 * Gives the image of a copy that is about to be replaced a name of its own, so that it is there when somebody wants it back
 * and its tag means another image. What cannot be named is told, and stops nothing.
 */
export async function keepImage(
  { progress }: Pick<Ports, "progress">,
  {
    connection,
    container,
    old,
  }: { readonly connection: Connection; readonly container: string; readonly old: ContainerFacts },
): Promise<void> {
  const tag = keptTag(container, generationOf(old));
  if (tag === undefined) return;
  try {
    await runDocker(connection, docker.tagImage(old.imageId, tag), { doing: `keep the image of the old ${container}` });
  } catch (error) {
    progress.warn(`${container}@${connection.node}: ${toFailure(error).message} A rollback would have to get it anew.`);
  }
}

/** Takes the names from images that were kept for copies of long ago. Never rejects: the next replacement tries again. */
export async function dropOutlived(
  engine: Engine,
  { connection, placement }: { readonly connection: Connection; readonly placement: Placement },
): Promise<void> {
  try {
    const tags = (await engine.images()).flatMap((image) => image.tags);
    // After a rollback the layout itself may name one of them.
    for (const tag of outlivedTags(tags, placement.container).filter((each) => each !== imageOf(placement))) {
      await runDocker(connection, docker.removeImage(tag, false), { doing: `forget ${tag}` });
    }
  } catch {
    // What is kept too long takes room, and harms nobody; `prune` finds it when the container is gone.
  }
}

/**
 * Remembers that a copy was put in place, or that it failed to be. Never rejects: a state folder that cannot be written costs
 * no more than that.
 */
export async function rememberPlacement(
  ports: Remembering,
  {
    placement,
    generation,
    digest,
    engine,
    outcome,
  }: {
    readonly placement: Placement;
    readonly generation: number;
    readonly digest: string;
    readonly engine: Engine;
    readonly outcome: "placed" | "failed";
  },
): Promise<void> {
  const { container, node } = placement;
  const image = imageOf(placement);
  const entry = keptEntry(placement);
  try {
    const imageId = imageNamed(await engine.images(), image)?.id ?? null;
    const record = {
      ...{ container, node, generation, at: new Date(ports.clock.now()).toISOString() },
      ...{ who: ports.actor.who, cause: ports.actor.cause, image, imageId, digest, outcome },
      ...(entry ? { entry } : {}),
    };
    await ports.history.update((known = noHistory) => withRecord(known, record));
  } catch (error) {
    ports.progress.warn(`That ${container} was placed on ${node} is not remembered: ${toFailure(error).message}`);
  }
}

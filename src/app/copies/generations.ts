import type { Config } from "../../domain/config/types.ts";
import { noGenerations, withPlaced, withSeen, type Generations } from "../../domain/container/copies/generations.ts";
import { isOurs, latestBelieved, nextGeneration } from "../../domain/container/copies/ownership.ts";
import type { ContainerFacts } from "../../domain/docker/facts.ts";
import type { NodeFacts } from "../../domain/heartbeat/facts.ts";
import type { Ports } from "../ports.ts";

/**
 * The generation of a new copy, greater than every one given or seen before: a wall clock may be set back, and a small
 * board without a battery starts with an old one. Rejects with state-write-failed.
 */
export async function newGeneration(
  { generations, clock }: Pick<Ports, "generations" | "clock">,
  seen: readonly (ContainerFacts | undefined)[],
  { dryRun }: { readonly dryRun: boolean },
): Promise<number> {
  const after = (known = noGenerations): Generations => ({
    ...known,
    last: nextGeneration(seen, { nowMs: clock.now(), last: known.last }),
  });
  return (dryRun ? after(await generations.read()) : await generations.update(after)).last;
}

/** To be called before a copy is there that the layout asks for, or is about to. Rejects with state-write-failed. */
export async function notePlaced(
  { generations }: Pick<Ports, "generations">,
  container: string,
  generation: number,
): Promise<void> {
  await generations.update((known = noGenerations) => withPlaced(known, container, generation));
}

/**
 * Remembers the generations of copies that somebody else may have made, and resolves to all that is known then. Rejects
 * with state-write-failed.
 */
export function noteGenerations(
  { generations, clock }: Pick<Ports, "generations" | "clock">,
  config: Config,
  nodes: Readonly<Record<string, NodeFacts>>,
): Promise<Generations> {
  return generations.update((known = noGenerations) =>
    Object.entries(nodes).reduce((all, [node, facts]) => {
      const copies = facts.state === "up" ? facts.containers.filter((each) => isOurs(each, config.cluster)) : [];
      // By the clock alone: what is seen must not lift the limit, a day at a time.
      return withSeen(all, config, { node, copies, latest: latestBelieved(clock.now(), 0) });
    }, known),
  );
}

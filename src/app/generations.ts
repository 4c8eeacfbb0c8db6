import { generationOf, nextGeneration } from "../domain/container/ownership.ts";
import type { ContainerFacts } from "../domain/docker/facts.ts";
import type { Ports } from "./ports.ts";

/**
 * The generation of a new copy, greater than every one given or seen before: a wall clock may be set back, and a small
 * board without a battery starts with an old one. Rejects with state-write-failed.
 */
export async function newGeneration(
  ports: Pick<Ports, "generations" | "clock">,
  seen: readonly (ContainerFacts | undefined)[],
  { dryRun }: { readonly dryRun: boolean },
): Promise<number> {
  const last = (await ports.generations.read()) ?? 0;
  const generation = nextGeneration(seen, { nowMs: ports.clock.now(), last });
  if (!dryRun) await ports.generations.write(generation);
  return generation;
}

/** Remembers the generations of copies that somebody else may have made. Rejects with state-write-failed. */
export async function noteGenerations(
  { generations }: Pick<Ports, "generations">,
  copies: readonly ContainerFacts[],
): Promise<void> {
  const greatest = Math.max(0, ...copies.map(generationOf));
  if (greatest > ((await generations.read()) ?? 0)) await generations.write(greatest);
}

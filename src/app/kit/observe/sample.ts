import type { ContainerFacts, StatsSample } from "../../../domain/docker/facts.ts";
import type { Engine } from "../../ports.ts";

/**
 * One sample of every running container, by its id; two of them tell what each uses (`useBetween`). One that ended
 * meanwhile has none. Never rejects.
 */
export async function sampleContainers(
  engine: Engine,
  running: readonly ContainerFacts[],
): Promise<ReadonlyMap<string, StatsSample>> {
  const samples = new Map<string, StatsSample>();
  await Promise.allSettled(
    running.map(async ({ id }) => {
      samples.set(id, await engine.stats(id));
    }),
  );
  return samples;
}

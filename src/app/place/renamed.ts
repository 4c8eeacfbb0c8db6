import * as docker from "../../domain/docker/client/commands.ts";
import type { Done } from "../kit/act.ts";
import { runDocker } from "../kit/docker.ts";
import { nodeOf } from "../kit/observe/observer.ts";
import type { Ports } from "../ports.ts";
import { replaceOrMake } from "./index.ts";

type Place = Parameters<typeof replaceOrMake>[1];

/**
 * Replaces a container that has another name in the layout now: it gets that name, which interrupts nothing, and is then
 * replaced like any other. Where that fails it has its old name again. Rejects as `replaceOrMake`.
 */
export async function replaceRenamed(ports: Ports, place: Place): Promise<Done> {
  const { config, placement, facts } = place;
  const { container, node } = placement;
  if (!facts) throw new RangeError("what is renamed is there");
  const connection = await ports.nodes.connect(nodeOf(config, node), ports.signal);
  await place.stillLocked();
  await runDocker(connection, docker.rename(facts.name, container), { doing: `rename ${facts.name} to ${container}` });
  try {
    const done = await replaceOrMake(ports, { ...place, facts: { ...facts, name: container } });
    return { ...done, outcome: `${done.outcome}; was ${facts.name}` };
  } catch (error) {
    // By its id: whatever has the new name may be another one by now.
    const doing = `give ${facts.name} its name back`;
    await runDocker(connection, docker.rename(facts.id, facts.name), { doing }).catch((failed: unknown) => {
      ports.progress.warn(`${container}@${node} was ${facts.name}, and keeps the new name: ${String(failed)}`);
    });
    throw error;
  }
}

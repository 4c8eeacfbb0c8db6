import type { Config } from "../../domain/config/types.ts";
import { stopAndRemove, stopDeadlineMs } from "../../domain/container/stop/grace.ts";
import { generationOf, isOurs } from "../../domain/container/copies/ownership.ts";
import type { StaleCopy } from "../../domain/heartbeat/stale.ts";
import { runDocker } from "../kit/docker.ts";
import { withLocks } from "../kit/locks.ts";
import { nodeOf } from "../kit/observe/observer.ts";
import { reach } from "../kit/reach.ts";
import type { Ports } from "../ports.ts";
import { record } from "../kit/record.ts";
import { isPlaced } from "../copies/refuse-moved.ts";

/**
 * Stops and removes a copy that another one stands for elsewhere; its volumes stay. It is looked at once more under the
 * lock: a copy that is no longer what was decided on is left alone. Rejects with lock-held, what connecting and Docker
 * reject with, and config-invalid when only the layout tells that it is stale.
 */
export async function cleanUp(ports: Ports, { config, copy }: { config: Config; copy: StaleCopy }): Promise<void> {
  const { container, node } = copy;
  const place = { container, node };
  await withLocks(ports, { config, placements: [place], waitMs: 0, dryRun: false }, async (locked) => {
    await locked(place);
    // What the layout has left it may have again by now, also by a move that ended while the round looked around.
    if (copy.why !== "older" && (await isPlaced(ports, place))) return;
    const { connection, engine } = await reach(ports, nodeOf(config, node));
    const found = (await engine.containers()).find((each) => each.id === copy.id);
    if (!found || !isOurs(found, config.cluster) || generationOf(found) !== copy.generation) return;
    const doing = `remove the old ${container}`;
    for (const command of stopAndRemove(found, undefined)) {
      await runDocker(connection, command, { doing, timeoutMs: stopDeadlineMs(found, undefined) });
    }
    const volumes = found.volumes.map(({ name, target }) => `${name}:${target}`);
    await record(ports, {
      type: "container.cleaned-up",
      node,
      container,
      before: { state: found.state, generation: copy.generation, ...(volumes.length > 0 ? { volumes } : {}) },
    });
  });
}

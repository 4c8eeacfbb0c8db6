import type { Config } from "../domain/config/types.ts";
import { toFailure } from "../domain/errors.ts";
import { parseMemory } from "../domain/node/measures.ts";
import type { HostFacts } from "../domain/placement/candidates.ts";
import { words } from "../domain/shell.ts";
import { nodeOf } from "./observe.ts";
import type { Ports } from "./ports.ts";

/** What is known of a node that a container could go to; what does not answer is told in it. Rejects only with interrupted. */
export async function hostFacts(ports: Ports, config: Config, name: string): Promise<HostFacts> {
  const node = nodeOf(config, name);
  const known = {
    node: name,
    cordoned: node.cordoned,
    placed: config.placements.filter((each) => each.node === name),
  };
  try {
    const [connection, engine] = await Promise.all([
      ports.nodes.connect(node, ports.signal),
      ports.engines.on(node, ports.signal),
    ]);
    const [info, containers, memory] = await Promise.all([
      engine.info(),
      engine.containers(),
      connection.run(words("cat", "/proc/meminfo"), { timeoutMs: 5000, signal: ports.signal }),
    ]);
    return {
      ...known,
      reachable: true,
      docker: { engineId: info.id, architecture: info.architecture, containers },
      memoryAvailableBytes: parseMemory(memory.stdout).availableBytes,
    };
  } catch (error) {
    if (ports.signal.aborted) throw error;
    const problem = toFailure(error).message;
    return { ...known, reachable: true, docker: undefined, problem, memoryAvailableBytes: null };
  }
}

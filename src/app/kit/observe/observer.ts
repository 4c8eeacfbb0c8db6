import { onAbort, timeLimit } from "../../../abort.ts";
import { onceEach } from "../../../once.ts";
import type { Config, NodeSpec } from "../../../domain/config/types.ts";
import type { ContainerFacts, ImageFacts, StopMark } from "../../../domain/docker/facts.ts";
import type { Ports } from "../../ports.ts";

/** What Docker has on each node, asked for once per command however many placements want to know. */
export interface Observer {
  containers(node: string): Promise<readonly ContainerFacts[]>;
  /** The same, or undefined for a node that does not tell it soon; why is told where something is done there. */
  soon(node: string): Promise<readonly ContainerFacts[] | undefined>;
  images(node: string): Promise<readonly ImageFacts[]>;
  imagesSoon(node: string): Promise<readonly ImageFacts[] | undefined>;
  /** What `uname -m` says there. */
  machine(node: string): Promise<string>;
  stopMarks(node: string): Promise<readonly StopMark[]>;
}

/** How long a node is waited for that has nothing to do with the command: a dead one has nothing that runs. */
const patienceMs = 3000;

export function observer(ports: Pick<Ports, "engines" | "signal" | "clock">, config: Config): Observer {
  const once = <T>(look: (node: NodeSpec) => Promise<T>): ((name: string) => Promise<T>) =>
    onceEach((name) => look(nodeOf(config, name)));
  const look = async (node: NodeSpec): Promise<readonly ContainerFacts[]> =>
    (await ports.engines.on(node, ports.signal)).containers();
  const images = once(async (node) => (await ports.engines.on(node, ports.signal)).images());
  /** Undefined for a node that does not tell it in time. */
  const soon = async <T>(ask: () => Promise<T>): Promise<T | undefined> => {
    const limit = timeLimit(ports.clock, patienceMs, ports.signal);
    const late = new Promise<undefined>((resolve) => {
      onAbort(limit.signal, () => {
        resolve(undefined);
      });
    });
    try {
      return await Promise.race([ask().catch(() => undefined), late]);
    } finally {
      limit.dispose();
    }
  };
  return {
    containers: once(look),
    // Looks of their own: what is to be changed is looked at under its lock.
    soon: once((node) => soon(() => look(node))),
    images,
    imagesSoon: once((node) => soon(() => images(node.name))),
    machine: once(async (node) => (await (await ports.engines.on(node, ports.signal)).info()).architecture),
    stopMarks: once(async (node) => (await ports.engines.on(node, ports.signal)).stopMarks()),
  };
}

/** The node of a placement; a config without errors has it. */
export function nodeOf(config: Config, name: string): NodeSpec {
  const node = config.nodes.find((each) => each.name === name);
  if (!node) throw new RangeError(`a placement names the unknown node ${name}`);
  return node;
}

import type { Config, NodeSpec } from "../domain/config/types.ts";
import type { ContainerFacts, ImageFacts } from "../domain/docker/facts.ts";
import type { Ports } from "./ports.ts";

/** What Docker has on each node, asked for once per command however many placements want to know. */
export interface Observer {
  containers(node: string): Promise<readonly ContainerFacts[]>;
  images(node: string): Promise<readonly ImageFacts[]>;
}

export function observer(ports: Pick<Ports, "engines" | "signal">, config: Config): Observer {
  const once = <T>(look: (node: NodeSpec) => Promise<T>): ((name: string) => Promise<T>) => {
    const looks = new Map<string, Promise<T>>();
    return (name) => {
      const known = looks.get(name);
      if (known) return known;
      const begun = look(nodeOf(config, name));
      looks.set(name, begun);
      return begun;
    };
  };
  return {
    containers: once(async (node) => (await ports.engines.on(node, ports.signal)).containers()),
    images: once(async (node) => (await ports.engines.on(node, ports.signal)).images()),
  };
}

/** The node of a placement; a config without errors has it. */
export function nodeOf(config: Config, name: string): NodeSpec {
  const node = config.nodes.find((each) => each.name === name);
  if (!node) throw new RangeError(`a placement names the unknown node ${name}`);
  return node;
}

import type { NodeSpec } from "../../domain/config/types.ts";
import type { Connection, Engine, Nodes, Ports } from "../ports.ts";

/** What is changed on a node goes over the one, and what is read of its Docker comes from the other. */
export interface Reached {
  readonly connection: Connection;
  readonly engine: Engine;
}

/** Both of a node, at once. Rejects as the ports do. */
export async function reach(
  { nodes, engines, signal }: Pick<Ports, "nodes" | "engines" | "signal">,
  node: NodeSpec,
): Promise<Reached> {
  const [connection, engine] = await Promise.all([nodes.connect(node, signal), engines.on(node, signal)]);
  return { connection, engine };
}

/** The same nodes with another way to connect to them. */
export function nodesWith(nodes: Nodes, connect: Nodes["connect"]): Nodes {
  return {
    connect,
    discard: (node) => {
      nodes.discard(node);
    },
    close: () => nodes.close(),
  };
}

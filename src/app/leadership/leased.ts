import { nodesWith } from "../kit/reach.ts";
import type { Connection, Nodes } from "../ports.ts";

/**
 * The same nodes for work that only a leader may do: a change is sent no more, and refused by its node, when `lease` (our
 * monotonic time) has passed. Whoever is elected next was elected after that.
 */
export function leased(nodes: Nodes, lease: () => number): Nodes {
  return nodesWith(nodes, async (node, signal) => bound(await nodes.connect(node, signal), lease));
}

function bound(connection: Connection, lease: () => number): Connection {
  return {
    node: connection.node,
    ...(connection.login ? { login: connection.login } : {}),
    run: (command, options = {}) => {
      const { guard } = options;
      return connection.run(command, guard ? { ...options, guard: { ...guard, lease } } : options);
    },
    pipe: (command, options) => connection.pipe(command, options),
    terminal: (command, options) => connection.terminal(command, options),
    openSocket: (path, signal) => connection.openSocket(path, signal),
    openTcp: (host, port, signal) => connection.openTcp(host, port, signal),
    listen: (port, onStream, signal) => connection.listen(port, onStream, signal),
    privilege: () => connection.privilege(),
    dockerHost: () => connection.dockerHost(),
    clock: (options) => connection.clock(options),
  };
}

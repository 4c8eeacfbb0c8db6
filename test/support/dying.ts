/** Ports of a process that kills itself (SIGKILL) at the N-th thing that has an effect outside. */
import { nodesWith } from "../../src/app/kit/reach.ts";
import type { ConfigStore, Connection, Ports } from "../../src/app/ports.ts";
import type { Context } from "../../src/context.ts";

/**
 * Counted are commands on nodes, lines of the journal and writes of the config; `when`: whether it dies before or after the
 * N-th of them.
 */
export function dying(
  context: Context,
  { nth, when }: { readonly nth: number; readonly when: string },
): { readonly ports: Ports; readonly store: ConfigStore } {
  let effects = 0;
  const counted = async <T>(effect: () => Promise<T>): Promise<T> => {
    effects += 1;
    const last = effects === nth;
    if (last && when === "before") process.kill(process.pid, "SIGKILL");
    const result = await effect();
    if (last) process.kill(process.pid, "SIGKILL");
    return result;
  };
  const { journal, nodes } = context.ports;
  const wrap = (connection: Connection): Connection => {
    const run: Connection["run"] = (command, options) => counted(() => connection.run(command, options));
    return new Proxy(connection, {
      get(target, key) {
        const value: unknown = key === "run" ? run : Reflect.get(target, key, target);
        return typeof value === "function" && key !== "run" ? (value.bind(target) as unknown) : value;
      },
    });
  };
  return {
    ports: {
      ...context.ports,
      nodes: nodesWith(nodes, async (...to) => wrap(await nodes.connect(...to))),
      journal: {
        read: (containers) => journal.read(containers),
        write: (record) => counted(() => journal.write(record)),
        remove: (record) => counted(() => journal.remove(record)),
        claim: (name, waitMs) => journal.claim(name, waitMs),
      },
    },
    store: {
      ...context.store,
      path: context.store.path,
      change: (edits) => counted(() => context.store.change(edits)),
    },
  };
}

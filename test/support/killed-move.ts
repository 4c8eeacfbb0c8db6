/**
 * A process of its own that moves a container and kills itself (SIGKILL) at the N-th thing that has an effect outside:
 * a command on a node, a line of the journal, the write of the config. Usage: CONFIG CONTAINER NODE N before|after.
 * Exits 0 when the move ended before the N-th.
 */
import { moveContainer } from "../../src/app/move/index.ts";
import type { Connection, Ports } from "../../src/app/ports.ts";
import { quietContext } from "./quiet-context.ts";

const [configPath = "", container = "", node = "", nth = "", when = ""] = process.argv.slice(2);
let effects = 0;

async function counted<T>(effect: () => Promise<T>): Promise<T> {
  effects += 1;
  const last = effects === Number(nth);
  if (last && when === "before") process.kill(process.pid, "SIGKILL");
  const result = await effect();
  if (last) process.kill(process.pid, "SIGKILL");
  return result;
}

const context = await quietContext(configPath, "killed-move");
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
const ports: Ports = {
  ...context.ports,
  nodes: {
    connect: async (...to) => wrap(await nodes.connect(...to)),
    discard: (node) => {
      nodes.discard(node);
    },
    close: () => nodes.close(),
  },
  journal: {
    read: (containers) => journal.read(containers),
    write: (record) => counted(() => journal.write(record)),
    remove: (record) => counted(() => journal.remove(record)),
    claim: (name, waitMs) => journal.claim(name, waitMs),
  },
};
await moveContainer(ports, {
  config: context.config,
  store: { ...context.store, path: context.store.path, change: (edits) => counted(() => context.store.change(edits)) },
  name: container,
  to: node,
  force: false,
  overlap: false,
  copyVolumes: false,
  mayLeaveData: () => Promise.resolve(true),
  patienceMs: 10_000,
  graceSeconds: 1,
  waitMs: 0,
  dryRun: false,
});
await context.close();
process.exit(0);

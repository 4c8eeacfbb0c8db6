import type { Config } from "../../domain/config/types.ts";
import { nodeOf } from "../kit/observe/observer.ts";
import type { Connection, Privilege, VipPorts } from "../ports.ts";

/** A connection for the virtual IP, and what its login may do, which is a question to the node the first time. */
export async function connectWithRights(
  ports: VipPorts,
  config: Config,
  node: string,
): Promise<{ readonly connection: Connection } & Privilege> {
  const connection = await ports.vipNodes.connect(nodeOf(config, node), ports.signal);
  return { connection, ...(await connection.privilege()) };
}

/** undefined when it takes longer. */
export async function within<T>({ clock }: VipPorts, work: Promise<T>, ms: number): Promise<T | undefined> {
  const stop = new AbortController();
  work.catch(() => undefined);
  const late = clock.sleep(ms, stop.signal).then(
    () => undefined,
    () => undefined,
  );
  try {
    return await Promise.race([work, late]);
  } finally {
    stop.abort();
  }
}

import type { Connection, Engine } from "../../ports.ts";

/**
 * The same under every name of one Docker on one machine. The engine's own id is copied together with an SD card, the
 * kernel's boot is not; of two engines on one machine, the first differs. Rejects as both questions do.
 */
export async function machineOf(connection: Connection, engine: Engine): Promise<{ id: string; architecture: string }> {
  const [{ id, architecture }, { bootId }] = await Promise.all([engine.info(), connection.clock()]);
  return { id: `${id} ${bootId}`, architecture };
}

import type { PictlEvent } from "../../domain/event.ts";
import type { Ports } from "../ports.ts";

/** Writes an event, stamped with the time, the cluster, and who and what caused it, and through which face; returns it so. */
export async function record(
  ports: Pick<Ports, "events" | "clock" | "actor">,
  event: Omit<PictlEvent, "time" | "cluster" | keyof Ports["actor"]>,
): Promise<PictlEvent> {
  const stamped = {
    time: new Date(ports.clock.now()).toISOString(),
    ...event,
    ...ports.actor,
    cluster: ports.events.cluster,
  };
  await ports.events.append(stamped);
  return stamped;
}

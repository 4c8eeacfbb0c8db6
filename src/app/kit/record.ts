import type { PictlEvent } from "../../domain/events/event.ts";
import type { Ports } from "../ports.ts";

/** Writes an event, stamped with the time, the cluster, and who and what caused it, and through which face; returns it so. */
export async function record(
  ports: Pick<Ports, "events" | "clock" | "actor">,
  event: Omit<PictlEvent, "time" | "cluster" | keyof Ports["actor"]>,
): Promise<PictlEvent> {
  const stamped = stamp(ports, event);
  await ports.events.append(stamped);
  return stamped;
}

/** The event as it would be written now, for who is told of what is no line of its own in the log. */
export function stamp(
  ports: Pick<Ports, "events" | "clock" | "actor">,
  event: Omit<PictlEvent, "time" | "cluster" | keyof Ports["actor"]>,
): PictlEvent {
  return {
    time: new Date(ports.clock.now()).toISOString(),
    ...event,
    ...ports.actor,
    cluster: ports.events.cluster,
  };
}

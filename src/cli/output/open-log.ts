import type { EventLog, Progress } from "../../app/ports.ts";
import type { Shipping } from "../../context.ts";

/** The event log of the config; nothing that speaks to nodes is loaded. */
export async function loadLog(configPath: string | undefined, progress: Progress): Promise<EventLog> {
  const context = await import("../../context.ts");
  return context.openLog({ configPath, progress });
}

/** The config and, where it names one, its Elasticsearch. */
export async function loadShipping(configPath: string | undefined, progress: Progress): Promise<Shipping> {
  const context = await import("../../context.ts");
  return context.openShipping({ configPath, progress });
}

import type { EventLog, Progress } from "../../app/ports.ts";

/** The event log of the config; nothing that speaks to nodes is loaded. */
export async function openLog(configPath: string | undefined, progress: Progress): Promise<EventLog> {
  const context = await import("../../context.ts");
  return context.openLog({ configPath, progress });
}

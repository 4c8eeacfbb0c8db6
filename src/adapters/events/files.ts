import { join } from "node:path";

/** Where the event log lies. */
export interface EventFiles {
  readonly folder: string;
  readonly current: string;
  /** What was the current one before. */
  readonly older: string;
  /** Held while the one becomes the other. */
  readonly lock: string;
  /** Those that all clusters of a state folder wrote to before, oldest first. They are read, and never written. */
  readonly common: readonly string[];
}

export function eventFiles(stateDir: string, cluster: string): EventFiles {
  return {
    folder: stateDir,
    current: join(stateDir, `events-${cluster}.jsonl`),
    older: join(stateDir, `events-${cluster}.1.jsonl`),
    lock: join(stateDir, `events-${cluster}.lock`),
    common: ["events.1.jsonl", "events.jsonl"].map((name) => join(stateDir, name)),
  };
}

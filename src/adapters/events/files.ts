import { join } from "node:path";

/** Where the event log lies. */
export interface EventFiles {
  readonly folder: string;
  readonly current: string;
  /** What was the current one before. */
  readonly older: string;
  /** Held while the one becomes the other. */
  readonly lock: string;
}

export function eventFiles(stateDir: string): EventFiles {
  return {
    folder: stateDir,
    current: join(stateDir, "events.jsonl"),
    older: join(stateDir, "events.1.jsonl"),
    lock: join(stateDir, "events.lock"),
  };
}

import type { EventLog } from "../../app/ports.ts";
import { appendLine } from "./append.ts";
import { eventFiles } from "./files.ts";
import { readEvents } from "./read.ts";

export interface EventLogOptions {
  readonly stateDir: string;
  readonly warn: (message: string) => void;
  /** Where a new file is begun; default 10 MB. */
  readonly rotateAtBytes?: number;
}

/**
 * The event log: JSON lines in `events.jsonl`, moved to `events.1.jsonl` when it is large. Commands and a daemon write
 * to it at once. Mode 0600, because causes may tell more than others should read.
 */
export function openEventLog(options: EventLogOptions): EventLog {
  const { stateDir, warn, rotateAtBytes = 10 * 1024 * 1024 } = options;
  const files = eventFiles(stateDir);
  let queue: Promise<void> = Promise.resolve();
  return {
    append(event) {
      queue = queue
        .then(() => appendLine(files, JSON.stringify(event), rotateAtBytes))
        .catch((error: unknown) => {
          warn(
            `The event log ${files.current} cannot be written: ${(error as Error).message}. What is done is not recorded.`,
          );
        });
      return queue;
    },
    read: (readOptions) => readEvents(files, readOptions),
  };
}

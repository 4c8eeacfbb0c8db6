import type { EventLog } from "../../app/ports.ts";
import { appendLine } from "./append.ts";
import { eventFiles } from "./files.ts";
import { readEvents } from "./read.ts";
import { whyUnwritten } from "../../files/unwritten.ts";

export interface EventLogOptions {
  readonly stateDir: string;
  readonly cluster: string;
  readonly warn: (message: string) => void;
  /** Where a new file is begun; default 10 MB. */
  readonly rotateAtBytes?: number;
}

/** Of events that cannot be written, so many of the last ones are kept in memory. */
const maxWaiting = 1000;

/**
 * The event log: JSON lines in `events-CLUSTER.jsonl`, moved to `events-CLUSTER.1.jsonl` when it is large. Commands and a
 * daemon write to it at once. Mode 0600, because causes may tell more than others should read.
 */
export function openEventLog(options: EventLogOptions): EventLog {
  const { stateDir, cluster, warn, rotateAtBytes = 10 * 1024 * 1024 } = options;
  const files = eventFiles(stateDir, cluster);
  let queue: Promise<void> = Promise.resolve();
  let waiting: string[] = [];
  let told = false;
  const writeAll = async (): Promise<void> => {
    try {
      for (let line = waiting[0]; line !== undefined; line = waiting[0]) {
        await appendLine(files, line, rotateAtBytes);
        waiting.shift();
      }
      told = false;
    } catch (error) {
      waiting = waiting.slice(-maxWaiting);
      if (told) return;
      told = true;
      warn(
        `The event log ${files.current} cannot be written: ${whyUnwritten(error)}. What is done is recorded when it can be again, if this process still runs then.`,
      );
    }
  };
  return {
    cluster,
    append(event) {
      waiting.push(JSON.stringify(event));
      queue = queue.then(writeAll);
      return queue;
    },
    read: (readOptions) => readEvents(files, readOptions),
  };
}

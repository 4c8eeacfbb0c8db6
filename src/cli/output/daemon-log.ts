import type { EventLog, Progress } from "../../app/ports.ts";
import { visible } from "../../domain/text.ts";
import { eventLine } from "../../view/service/log.ts";
import type { Terminal } from "./terminal.ts";

/** What a daemon says while it runs: its events and its warnings, for a person on a terminal, else as JSON lines. */
export interface DaemonLog {
  readonly progress: Progress;
  /** The same log, whose events are shown too. */
  alsoShown(events: EventLog): EventLog;
}

export function openDaemonLog(stderr: NodeJS.WritableStream, terminal: Terminal): DaemonLog {
  const live = terminal.live;
  const warned = new Set<string>();
  const silent = { update: () => undefined, done: () => undefined, fail: () => undefined };
  return {
    progress: {
      step: () => silent,
      look: () => silent,
      warn(message) {
        if (warned.has(message)) return;
        warned.add(message);
        const time = new Date().toISOString();
        stderr.write(live ? `${visible(message)}\n` : `${JSON.stringify({ time, type: "warning", message })}\n`);
      },
    },
    alsoShown: (events) => ({
      cluster: events.cluster,
      append(event) {
        stderr.write(live ? eventLine(event, terminal.err) : `${JSON.stringify(event)}\n`);
        return events.append(event);
      },
      read: (options) => events.read(options),
    }),
  };
}

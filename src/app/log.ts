import type { PictlEvent } from "../domain/events/event.ts";
import { type Incidents, understand } from "../domain/events/incident.ts";
import { type EventFilter, eventMatcher } from "../domain/events/event-filter.ts";
import type { EventLog } from "./ports.ts";
import type { Report } from "./kit/report.ts";

export interface LogInput extends EventFilter {
  readonly follow: boolean;
  /** Leave out what only says once more what was said, and what is routine. */
  readonly important: boolean;
  /** Events from the end; undefined for all. */
  readonly tail: number | undefined;
  readonly signal: AbortSignal;
  readonly output: {
    /** While a returned promise is pending, no more is read. */
    event(event: PictlEvent): void | Promise<void>;
    /** Nothing more is there for the moment. */
    idle(): void | Promise<void>;
  };
}

/** Reads pictl's own event log, oldest first. Touches no node. */
export async function readLog(log: Pick<EventLog, "read">, input: LogInput): Promise<Report<object>> {
  const { follow, signal, output } = input;
  const matches = eventMatcher(input);
  let incidents: Incidents = {};
  const important = (event: PictlEvent): boolean => {
    const understood = understand(incidents, event);
    incidents = understood.incidents;
    return understood.meaning !== "repeats" && understood.meaning !== "routine";
  };
  const last = input.tail === undefined ? undefined : new Last(input.tail);
  const past = { over: false };
  const onCaughtUp = async (): Promise<void> => {
    past.over = true;
    for (const event of last?.take() ?? []) await output.event(event);
    await output.idle();
  };
  for await (const event of log.read({ follow, signal, onCaughtUp })) {
    // Also of what is not shown: it may have been what the next event repeats.
    if (input.important && !important(event)) continue;
    if (!matches(event)) continue;
    if (past.over) {
      await output.event(event);
      await output.idle();
    } else if (last) last.add(event);
    else await output.event(event);
  }
  await output.idle();
  return { result: {}, failures: [], ...(signal.aborted ? { exitCode: 130 } : {}) };
}

/** The last so many events. */
class Last {
  readonly #count: number;
  readonly #events: PictlEvent[] = [];
  #next = 0;

  constructor(count: number) {
    this.#count = count;
  }

  add(event: PictlEvent): void {
    if (this.#count === 0) return;
    this.#events[this.#next] = event;
    this.#next = (this.#next + 1) % this.#count;
  }

  take(): PictlEvent[] {
    return [...this.#events.slice(this.#next), ...this.#events.slice(0, this.#next)];
  }
}

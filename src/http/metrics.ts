import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { type HandshakeResult, handshakeChannel } from "../domain/ssh/connect/handshakes.ts";
import type { Live } from "../watch/live.ts";
import { metricsText } from "../watch/metrics.ts";
import type { Model } from "../watch/model.ts";

/** What Prometheus is told. */
export interface Metrics {
  /** The text format 0.0.4 of what is known; after a pause, of what is known when every node has told, or soon. */
  text(nowMs: number): Promise<string>;
  stop(): void;
}

interface Times {
  /** From one scrape until nobody is believed to scrape any more: they come every minute as a rule. */
  readonly lastsMs: number;
  /** A scrape may take 10 s by default. */
  readonly patienceMs: number;
}

/** The cluster is looked at from the first scrape on, while they go on. */
export function openMetrics(
  live: Live,
  { lastsMs, patienceMs }: Times = { lastsMs: 150_000, patienceMs: 7000 },
): Metrics {
  const delay = monitorEventLoopDelay({ resolution: 20 });
  const handshakes = new Map<string, { made: number; failed: number }>();
  const onHandshake = (told: unknown): void => {
    const { node, ok } = told as HandshakeResult;
    const count = handshakes.get(node) ?? { made: 0, failed: 0 };
    count[ok ? "made" : "failed"]++;
    handshakes.set(node, count);
  };
  subscribe(handshakeChannel, onHandshake);
  const counted = eventCounts(Date.now());
  let looking: (() => void) | undefined;
  let last: ReturnType<typeof setTimeout> | undefined;
  let settled: Promise<void> | undefined;
  const leave = (): void => {
    clearTimeout(last);
    looking?.();
    delay.disable();
    looking = settled = undefined;
  };
  const look = (): Promise<void> => {
    delay.enable();
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, patienceMs);
      const seen = (model: Model): void => {
        counted.see(model.events);
        if (!hasTold(model)) return;
        clearTimeout(timer);
        resolve();
      };
      looking = live.subscribe(seen);
      seen(live.current());
    });
  };
  return {
    async text(nowMs) {
      clearTimeout(last);
      last = setTimeout(leave, lastsMs).unref();
      await (settled ??= look());
      const eventLoopLagSeconds = Math.max(0, delay.max) / 1e9;
      delay.reset();
      return metricsText(live.current(), nowMs, { eventLoopLagSeconds, handshakes, events: counted.byType });
    },
    stop() {
      leave();
      unsubscribe(handshakeChannel, onHandshake);
    },
  };
}

/** How many events of each type there were after `sinceMs`: a counter begins at nothing with its process. */
function eventCounts(sinceMs: number): {
  readonly byType: ReadonlyMap<string, number>;
  see(events: Model["events"]): void;
} {
  const byType = new Map<string, number>();
  const since = new Date(sinceMs).toISOString();
  let newest: Model["events"][number] | undefined;
  return {
    byType,
    see(events) {
      // Times are no order: several are written in one millisecond, by more than one process.
      const known = newest === undefined ? -1 : events.lastIndexOf(newest);
      const after = known < 0 ? (newest?.time ?? since) : since;
      for (const { type, time } of events.slice(known + 1)) {
        if (time > after) byType.set(type, (byType.get(type) ?? 0) + 1);
      }
      newest = events.at(-1) ?? newest;
    },
  };
}

function hasTold({ nodes }: Model): boolean {
  return [...nodes.values()].every(
    ({ state, docker }) => state !== "connecting" && (state !== "answering" || docker.state !== "connecting"),
  );
}

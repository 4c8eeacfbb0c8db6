import { monitorEventLoopDelay } from "node:perf_hooks";
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
      return metricsText(live.current(), nowMs, { eventLoopLagSeconds });
    },
    stop: leave,
  };
}

function hasTold({ nodes }: Model): boolean {
  return [...nodes.values()].every(
    ({ state, docker }) => state !== "connecting" && (state !== "answering" || docker.state !== "connecting"),
  );
}

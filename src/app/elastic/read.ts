import type { Config, ElasticSection } from "../../domain/config/types.ts";
import { streamsOf } from "../../domain/elastic/streams.ts";
import type { Elastic, EventLog } from "../ports.ts";

/** The event log as Elasticsearch has it: what all controllers of the cluster have shipped. It cannot be followed. */
export function elasticLog(
  { cluster }: Pick<Config, "cluster">,
  {
    section,
    elastic,
    sinceMs,
  }: { readonly section: ElasticSection; readonly elastic: Elastic; readonly sinceMs: number | undefined },
): Pick<EventLog, "read"> {
  const { events } = streamsOf({ dataset: section.dataset, cluster });
  return {
    async *read({ signal, onCaughtUp }) {
      try {
        yield* elastic.events(events, sinceMs, signal);
        await onCaughtUp?.();
      } finally {
        await elastic.close();
      }
    },
  };
}

import type { Config } from "../../domain/config/types.ts";
import { type Failure, PictlError } from "../../domain/errors.ts";
import type { Report } from "../kit/report.ts";
import { ship, type ShipInput } from "./ship.ts";

/** A daemon's turn, or another cron job's, ends within this. */
const waitMs = 30_000;

/** Ships once what Elasticsearch does not have yet, for cron. Rejects with usage where the config names none, and as `ship`. */
export async function shipOnce(
  config: Config,
  input: ShipInput | undefined,
  signal: AbortSignal,
): Promise<Report<{ shipped: number }>> {
  const section = config.elasticsearch;
  if (!section || !input) throw noElastic();
  try {
    const { events, refused, gap } = await ship({ config, section, waitMs, answered: false }, input, signal);
    const [first] = refused;
    const failures: Failure[] = [];
    if (first !== undefined) {
      const message = `Elasticsearch does not take ${String(refused.length)} of the events, of which the first: ${first}.`;
      failures.push({ code: "elasticsearch-failed", message, hint: "They are left out; `pictl log` has them." });
    }
    if (gap) {
      const message = "Events were rotated away before they were shipped.";
      failures.push({ code: "elasticsearch-failed", message, hint: "Run this more often, or `pictl daemon`." });
    }
    return { result: { shipped: events }, failures };
  } finally {
    await input.elastic.close();
  }
}

/** Throws usage. */
export function noElastic(): PictlError {
  return new PictlError("usage", "The config names no Elasticsearch.", {
    hint: 'Add `"elasticsearch": "https://HOST:9200"`, and `elasticsearch_auth` where it asks for a login.',
  });
}

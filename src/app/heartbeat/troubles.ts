import { keyOf } from "../../domain/heartbeat/facts.ts";
import type { CheckRow } from "../../domain/heartbeat/decision.ts";

type Place = Pick<CheckRow, "container" | "node">;

/** A container is repaired where it is, or goes elsewhere: what the one came to says nothing of the other. */
type Way = "repair" | "failover";

/** What was last tried for a container, in each way, and why in vain, until its check succeeds again. */
export interface Troubles {
  /** undefined: it was done. */
  note(way: Way, place: Place, why: string | undefined): void;
  /** The rows of a round with what is known of each; what is well is forgotten. */
  told(rows: readonly CheckRow[]): readonly CheckRow[];
}

export function openTroubles(): Troubles {
  const last: Record<Way, Map<string, string>> = { repair: new Map(), failover: new Map() };
  const ways = Object.values(last);
  return {
    note(way, place, why) {
      if (why === undefined) last[way].delete(keyOf(place));
      else last[way].set(keyOf(place), why);
    },
    told: (rows) =>
      rows.map((row) => {
        const key = keyOf(row);
        if (row.ok) for (const way of ways) way.delete(key);
        const trouble = ways.flatMap((way) => way.get(key) ?? []).join(" ");
        return trouble === "" ? row : { ...row, trouble };
      }),
  };
}

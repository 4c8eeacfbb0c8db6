import { keyOf } from "../../domain/heartbeat/facts.ts";
import type { CheckRow } from "../../domain/heartbeat/decide.ts";

type Place = Pick<CheckRow, "container" | "node">;

/** What was last tried for a container, and why in vain, until its check succeeds again. */
export interface Troubles {
  /** undefined: it was done. */
  note(place: Place, why: string | undefined): void;
  /** The rows of a round with what is known of each; what is well is forgotten. */
  told(rows: readonly CheckRow[]): readonly CheckRow[];
}

export function openTroubles(): Troubles {
  const last = new Map<string, string>();
  return {
    note(place, why) {
      if (why === undefined) last.delete(keyOf(place));
      else last.set(keyOf(place), why);
    },
    told: (rows) =>
      rows.map((row) => {
        if (row.ok) last.delete(keyOf(row));
        const trouble = last.get(keyOf(row));
        return trouble === undefined ? row : { ...row, trouble };
      }),
  };
}

import type { Round } from "../../../src/app/heartbeat/index.ts";
import type { Verdict } from "./sight.ts";

type Seen = Pick<Round, "nodes" | "rows" | "actions" | "isolated">;

/** A controller that seems cut off begins nothing; it seems so when more than half of the nodes fell silent at once. */
export function isolatedBegins(before: Seen | undefined, round: Seen): Verdict {
  const silent = (seen: Seen | undefined, node: string): boolean => seen?.nodes[node]?.state === "silent";
  const nodes = Object.keys(round.nodes);
  const fell = nodes.filter((node) => silent(round, node) && !silent(before, node));
  const cutOff = round.isolated || fell.length > nodes.length / 2;
  const begun = round.actions.map((action) => `${action.do} ${action.container}`);
  return cutOff && begun.length > 0 ? `a controller that seems cut off begins ${begun.join(", ")}` : undefined;
}

/** A node that refuses us adds to no count. */
export function refusedCounts(before: Seen | undefined, round: Seen): Verdict {
  for (const row of round.rows) {
    if (row.ok || round.nodes[row.node]?.state !== "refused") continue;
    const counted = before?.rows.find((each) => each.container === row.container && each.node === row.node);
    if (row.failures > (counted?.failures ?? 0)) {
      return `${row.node} refuses us, and that counts as failure ${String(row.failures)} of ${row.container}`;
    }
  }
  return undefined;
}

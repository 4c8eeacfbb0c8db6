import type { Round } from "../../../src/app/heartbeat/index.ts";
import type { Verdict } from "./sight.ts";

type Seen = Pick<Round, "nodes" | "rows" | "actions" | "isolated">;

/** What is remembered of the rounds of one daemon, counted anew and otherwise than the daemon does. */
export interface Rounds {
  readonly silent: ReadonlySet<string>;
  /** Rounds to come in which nothing may be begun: more than half of the nodes fell silent at once. */
  readonly frozen: number;
  /** Rounds in a row in which a check failed, by container and node. */
  readonly failing: ReadonlyMap<string, number>;
  /** The daemon's own counts. */
  readonly counts: ReadonlyMap<string, number>;
}

export const noRounds: Rounds = { silent: new Set(), frozen: 0, failing: new Map(), counts: new Map() };

/** After a round that nobody believes. */
export function withoutCounts(before: Rounds): Rounds {
  return { ...before, failing: new Map(), counts: new Map() };
}

/** Rounds after the one in which it was last true that most nodes are silent. */
const cleanRounds = 2;

export function afterRound(before: Rounds, round: Seen): Rounds {
  const nodes = Object.keys(round.nodes);
  const silent = new Set(nodes.filter((node) => round.nodes[node]?.state === "silent"));
  const fell = [...silent].filter((node) => !before.silent.has(node)).length > nodes.length / 2;
  const most = silent.size > nodes.length / 2;
  const frozen = fell || (before.frozen > 0 && most) ? cleanRounds + 1 : Math.max(0, before.frozen - 1);
  const key = (row: Seen["rows"][number]): string => `${row.container}@${row.node}`;
  return {
    silent,
    frozen,
    failing: new Map(round.rows.map((row) => [key(row), row.ok ? 0 : (before.failing.get(key(row)) ?? 0) + 1])),
    counts: new Map(round.rows.map((row) => [key(row), row.failures])),
  };
}

/** A controller that seems cut off begins nothing. `after`: with this round. */
export function isolatedBegins(after: Rounds, round: Seen): Verdict {
  const begun = round.actions.map((action) => `${action.do} ${action.container}`);
  const cutOff = round.isolated || after.frozen > 0;
  return cutOff && begun.length > 0 ? `a controller that seems cut off begins ${begun.join(", ")}` : undefined;
}

/** A node that refuses us adds to no count. */
export function refusedCounts(before: Rounds, round: Seen): Verdict {
  for (const { ok, node, container, failures } of round.rows) {
    if (ok || round.nodes[node]?.state !== "refused") continue;
    if (failures > (before.counts.get(`${container}@${node}`) ?? 0)) {
      return `${node} refuses us, and that counts as failure ${String(failures)} of ${container}`;
    }
  }
  return undefined;
}

/** Nothing is moved before its check has failed so many times in a row. `after`: with this round. */
export function tooEarly(after: Rounds, round: Seen, failoverAfter: number): Verdict {
  for (const action of round.actions) {
    if (action.do !== "fail-over") continue;
    const failed = after.failing.get(`${action.container}@${action.from}`) ?? 0;
    if (failed < failoverAfter) return `${action.container} is moved after ${String(failed)} failures in a row`;
  }
  return undefined;
}

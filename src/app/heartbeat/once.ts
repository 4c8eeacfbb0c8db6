import type { Config } from "../../domain/config/types.ts";
import type { Failure } from "../../domain/errors.ts";
import type { CheckRow } from "../../domain/heartbeat/decision.ts";
import type { NodeFacts } from "../../domain/heartbeat/facts.ts";
import type { Report } from "../kit/report.ts";
import type { Heartbeat, MayDo } from "./index.ts";

/**
 * One round now, with the counts of the rounds before it: does what `mayDo` allows as the daemon would, and waits for
 * the end of it. Every node and check that is not well is a failure.
 */
export async function heartbeatOnce(
  heartbeat: Heartbeat,
  { config, mayDo }: { readonly config: Config; readonly mayDo: MayDo },
): Promise<Report<{ checks: readonly CheckRow[] }>> {
  const round = await heartbeat.round({ config, mayDo, stalled: () => false });
  const done = await round.done;
  await heartbeat.settled();
  return {
    result: { checks: round.rows },
    failures: [
      ...Object.entries(round.nodes).flatMap(([node, facts]) => nodeFailure(node, facts)),
      ...round.rows.filter((row) => !row.ok).map((row) => checkFailure(row, mayDo !== "nothing")),
      ...done,
    ],
  };
}

function nodeFailure(node: string, facts: NodeFacts): Failure[] {
  if (facts.state === "up") return [];
  const message = facts.message.replace(/\.?$/, ".");
  return [{ code: facts.code, node, message, hint: `\`pictl doctor ${node}\` looks closer.` }];
}

function checkFailure({ container, node, message, failures, decision }: CheckRow, act: boolean): Failure {
  const count = failures > 1 ? ` (${String(failures)} times in a row)` : "";
  const hint = act ? `Decided: ${decision}.` : `\`pictl heartbeat --repair\` or a daemon would decide: ${decision}.`;
  return { code: "check-failed", container, node, message: `The check fails${count}: ${message}.`, hint };
}

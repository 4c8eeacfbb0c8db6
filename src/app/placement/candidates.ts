import type { Config } from "../../domain/config/types.ts";
import { candidates } from "../../domain/placement/candidates.ts";
import { selectPlacements } from "../../domain/select.ts";
import type { Report } from "../kit/report.ts";
import type { Ports } from "../ports.ts";
import { lookForPlaces } from "./look.ts";

/** One node that a container may go to, as a row of a report. */
export interface CandidateRow {
  readonly container: string;
  /** Where it is now. */
  readonly from: string;
  readonly node: string;
  /** 1 is the node that a drain would take first; null when it cannot take it. */
  readonly rank: number | null;
  /** Why it cannot; null when it can. */
  readonly reason: string | null;
}

/** Where a container could go now, and why not elsewhere. Throws unknown-container. */
export async function containerCandidates(
  ports: Ports,
  { config, name }: { readonly config: Config; readonly name: string },
): Promise<Report<{ candidates: readonly CandidateRow[] }>> {
  const { homeless, facts } = await lookForPlaces(ports, config, selectPlacements(config, [name]));
  const rows = homeless.flatMap((each): CandidateRow[] => {
    const { container, node: from } = each.placement;
    const { nodes, excluded } = candidates(each, facts, { policy: "spread" });
    return [
      ...nodes.map((node, index) => ({ container, from, node, rank: index + 1, reason: null })),
      ...excluded.map(({ node, reason }) => ({ container, from, node, rank: null, reason })),
    ];
  });
  return { result: { candidates: rows }, failures: [] };
}

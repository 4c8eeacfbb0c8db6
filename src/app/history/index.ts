import { noHistory, type PlacementRecord, recordsOf } from "../../domain/history/records.ts";
import { didYouMean } from "../../domain/config/findings/suggest.ts";
import type { Config } from "../../domain/config/types.ts";
import { PictlError } from "../../domain/errors.ts";
import type { Ports } from "../ports.ts";
import type { Report } from "../kit/report.ts";

export type HistoryRow = Omit<PlacementRecord, "entry"> & {
  /** It is the newest good one of a node on which the layout has the container, as far as this machine knows. */
  readonly newest: boolean;
};

/** The placements of a container (`NAME`, `NAME@NODE`) that this machine remembers, the newest first. Throws unknown-container. */
export async function placementHistory(
  ports: Pick<Ports, "history">,
  { config, target }: { readonly config: Config; readonly target: string },
): Promise<Report<{ placements: readonly HistoryRow[] }>> {
  const at = target.lastIndexOf("@");
  const [container, node] = at === -1 ? [target, undefined] : [target.slice(0, at), target.slice(at + 1)];
  const known = (await ports.history.read()) ?? noHistory;
  const records = recordsOf(known, { container, node });
  const names = config.placements.map((each) => each.container);
  if (records.length === 0 && !names.includes(container)) {
    throw new PictlError(
      "unknown-container",
      `Nothing is remembered of "${target}"${didYouMean(container, names) || "."}`,
      {
        container,
        hint: "What another machine has placed is remembered there.",
      },
    );
  }
  const rows = records.map(({ entry: _, ...row }): HistoryRow => {
    const newer = records.some(
      (each) => each.node === row.node && each.outcome === "placed" && each.generation > row.generation,
    );
    const stays = config.placements.some((each) => each.container === row.container && each.node === row.node);
    return { ...row, newest: row.outcome === "placed" && !newer && stays };
  });
  return { result: { placements: rows }, failures: [] };
}

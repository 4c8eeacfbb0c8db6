import type { NodeSpec } from "../../domain/config/types.ts";
import { planCordon } from "../../domain/node/cordon.ts";
import { changeAsPlanned } from "../config/planned.ts";
import type { ConfigStore, Ports } from "../ports.ts";
import { record } from "../kit/record.ts";
import type { Report } from "../kit/report.ts";
import type { NodeChangeRow } from "./change.ts";

export interface CordonInput {
  readonly store: ConfigStore;
  readonly nodes: readonly NodeSpec[];
  /** false opens them again. */
  readonly cordoned: boolean;
  readonly dryRun: boolean;
}

/** Cordons nodes in the config, or opens them again; connects to none. What runs there goes on. */
export async function cordonNodes(
  ports: Pick<Ports, "events" | "clock" | "actor">,
  { store, nodes, cordoned, dryRun }: CordonInput,
): Promise<Report<{ nodes: readonly NodeChangeRow[] }>> {
  const names = nodes.map(({ name }) => name);
  const planned = await changeAsPlanned(store, {
    plan: (raw) => planCordon(raw, names, cordoned),
    editsOf: (nodes) => nodes.flatMap(({ edits }) => edits.map(({ edit }) => edit)),
    dryRun,
  });
  const verb = cordoned ? "cordoned" : "uncordoned";
  const rows = planned.map(({ node, edits }): NodeChangeRow => {
    const changed = edits.length > 0;
    const outcome = !changed ? (cordoned ? "cordoned already" : "not cordoned") : dryRun ? `would be ${verb}` : verb;
    return { node, changed: changed && !dryRun, outcome, changes: edits.map(({ text }) => text) };
  });
  for (const { node } of rows.filter((row) => row.changed)) await record(ports, { type: `node.${verb}`, node });
  return { result: { nodes: rows }, failures: [] };
}

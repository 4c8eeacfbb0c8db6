import { applyEdit } from "../../domain/config/document/apply-edit.ts";
import type { RawConfig } from "../../domain/config/raw.ts";
import type { Config } from "../../domain/config/types.ts";
import { toFailure } from "../../domain/errors.ts";
import { moveEdits } from "../../domain/move/edits.ts";
import { nodeInUse, type NodeUse } from "../../domain/node/remove.ts";
import { nodeNamed } from "../../domain/select.ts";
import type { MoveRow } from "../move/index.ts";
import type { ConfigStore, Ports } from "../ports.ts";
import type { Report } from "../kit/report.ts";
import type { NodeChangeRow } from "./change.ts";
import { cordonNodes } from "./cordon.ts";
import { type Drain, drain, type DrainOptions, planDrainOf } from "./drain.ts";
import { runningOn, takeOut } from "./take-out.ts";

export interface RemoveDrainedInput extends DrainOptions {
  readonly store: ConfigStore;
  readonly config: Config;
  readonly name: string;
  readonly dryRun: boolean;
  /** Asked before anything is done, with the containers that will keep the node; false leaves all as it is. */
  readonly confirm: (plan: Drain, keepers: readonly string[]) => Promise<boolean>;
}

/** What became of the node, and what was moved where before. */
export interface DrainedRow extends NodeChangeRow {
  readonly moves: readonly MoveRow[];
}

/**
 * Moves a node's containers to other nodes and then takes it out of the config. Throws unknown-node. A container that
 * could not be moved, or one of ours that runs there and is not in the layout, is a failure: then the node stays in the
 * config, cordoned.
 */
export async function removeDrainedNode(
  ports: Ports,
  input: RemoveDrainedInput,
): Promise<Report<{ nodes: readonly DrainedRow[] }>> {
  const { store, config, name, dryRun } = input;
  const node = nodeNamed(config, name);
  const placements = config.placements.filter((each) => each.node === name);
  const placed = placements.map(({ container }) => container);
  const [running, plan] = await Promise.all([
    runningOn(ports, config, node),
    planDrainOf(ports, { ...input, node, placements }),
  ]);
  for (const sentence of plan.leftBehind) ports.progress.warn(sentence);
  if (config.rsyslog?.host === name) ports.progress.warn(`\`rsyslog_host\` still names ${name}.`);
  const strays = running?.filter((each) => !placed.includes(each)) ?? null;
  const inUse = nodeInUse(name, { placed: [], running: strays });
  const obstacles = [...plan.stuck, ...(inUse ? [inUse] : [])];
  const useless = obstacles.length > 0 && plan.moves.length === 0;
  const keepers = [...plan.stuck.map(({ container = "" }) => container), ...(strays ?? [])];
  if (!dryRun && !useless && !(await input.confirm(plan, keepers))) {
    return { result: { nodes: [] }, failures: [], exitCode: 4 };
  }
  const cordons = plan.moves.length > 0 && !dryRun;
  const cordon = cordons ? await cordonNodes(ports, { store, nodes: [node], cordoned: true, dryRun }) : undefined;
  const drained = await drain(ports, { ...input, node, plan });
  const { moves } = drained;
  const changes = cordon?.result.nodes.flatMap((row) => row.changes) ?? [];
  const use = { placed, running: strays };
  const failures = [...obstacles.map((each) => toFailure(each)), ...drained.failures];
  if (failures.length > 0) return { result: { nodes: [keptRow(use, { name, dryRun, moves, changes })] }, failures };

  const after = dryRun ? (raw: RawConfig) => moves.reduce(afterMove, raw) : undefined;
  const { result } = await takeOut(ports, { store, node, use, force: false, dryRun, ...(after ? { after } : {}) });
  const ghosts = running === null && moves.length > 0 ? `; should it come back, its ${listed(moves)} run too` : "";
  const rows = result.nodes.map((row) => ({ ...row, outcome: `${row.outcome}${ghosts}`, moves }));
  return { result: { nodes: rows }, failures: [] };
}

function afterMove(raw: RawConfig, move: MoveRow): RawConfig {
  return moveEdits(raw, move).reduce<unknown>(applyEdit, raw) as RawConfig;
}

function keptRow(
  { placed, running }: NodeUse,
  {
    name,
    dryRun,
    moves,
    changes,
  }: Pick<DrainedRow, "moves" | "changes"> & { readonly name: string; readonly dryRun: boolean },
): DrainedRow {
  const still = placed.filter((container) => !moves.some((move) => move.container === container));
  const left = [...still, ...(running ?? [])].join(", ");
  const outcome = `${dryRun ? "would not be" : "not"} removed; still there: ${left}`;
  return { node: name, changed: changes.length > 0 || (!dryRun && moves.length > 0), outcome, changes, moves };
}

function listed(moves: readonly MoveRow[]): string {
  return moves.map(({ container }) => container).join(", ");
}

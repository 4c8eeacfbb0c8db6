import type { Config } from "../../domain/config/types.ts";
import { type NodeUse, refuseInUse } from "../../domain/node/remove.ts";
import { nodeNamed } from "../../domain/select.ts";
import type { ConfigStore, Ports } from "../ports.ts";
import type { Report } from "../kit/report.ts";
import type { NodeChangeRow } from "./change.ts";
import { runningOn, takeOut } from "./take-out.ts";

export interface RemoveNodeInput {
  readonly store: ConfigStore;
  readonly config: Config;
  readonly name: string;
  /** Though containers are placed on it or run there; they are left running. */
  readonly force: boolean;
  readonly dryRun: boolean;
  /** Asked before anything is written; false leaves all as it is. */
  readonly confirm: (use: NodeUse) => Promise<boolean>;
}

/**
 * Takes a node out of the config, and touches nothing on it. Throws unknown-node and node-in-use. A node that cannot
 * be asked what runs there is removed all the same: that it is gone may be the reason.
 */
export async function removeNode(
  ports: Ports,
  input: RemoveNodeInput,
): Promise<Report<{ nodes: readonly NodeChangeRow[] }>> {
  const { config, name, force, dryRun } = input;
  const node = nodeNamed(config, name);
  const placed = config.placements.filter((each) => each.node === name).map((each) => each.container);
  if (!force) refuseInUse(name, { placed, running: null });
  const use = { placed, running: await runningOn(ports, config, node) };
  if (!force) refuseInUse(name, use);
  if (config.rsyslog?.host === name) ports.progress.warn(`\`rsyslog_host\` still names ${name}.`);
  if (!dryRun && !(await input.confirm(use))) return { result: { nodes: [] }, failures: [], exitCode: 4 };

  return takeOut(ports, { ...input, node, use });
}

import type { Config, NodeSpec } from "../../domain/config/types.ts";
import { isOurs } from "../../domain/container/ownership.ts";
import { PictlError } from "../../domain/errors.ts";
import { type NodeUse, planRemoveNode, refuseInUse } from "../../domain/node/remove.ts";
import { nodeNamed } from "../../domain/select.ts";
import type { ConfigStore, Ports } from "../ports.ts";
import { record } from "../record.ts";
import type { Report } from "../report.ts";
import { changeConfig, type NodeChangeRow } from "./change.ts";

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
  const { store, config, name, force, dryRun } = input;
  const node = nodeNamed(config, name);
  const placed = config.placements.filter((each) => each.node === name).map((each) => each.container);
  if (!force) refuseInUse(name, { placed, running: null });
  const use = { placed, running: await running(ports, config, node) };
  if (!force) refuseInUse(name, use);
  if (config.rsyslog?.host === name) ports.progress.warn(`\`rsyslog_host\` still names ${name}.`);
  if (!dryRun && !(await input.confirm(use))) return { result: { nodes: [] }, failures: [], exitCode: 4 };

  const changes = await changeConfig(store, (raw) => planRemoveNode(raw, name), dryRun);
  if (!dryRun)
    await record(ports, { type: "node.removed", node: name, before: { address: node.address, containers: placed } });
  const left = use.running && use.running.length > 0 ? `; ${use.running.join(", ")} left running there` : "";
  const outcome = `${dryRun ? "would be removed" : "removed"}${left}`;
  return { result: { nodes: [{ node: name, changed: !dryRun, outcome, changes }] }, failures: [] };
}

async function running(ports: Ports, config: Config, node: NodeSpec): Promise<readonly string[] | null> {
  const step = ports.progress.look(node.name);
  try {
    const containers = await (await ports.engines.on(node, ports.signal)).containers();
    step.done();
    return containers
      .filter((facts) => facts.state === "running" && isOurs(facts, config.cluster))
      .map((facts) => facts.name);
  } catch (error) {
    if (!(error instanceof PictlError) || error.code === "interrupted") throw error;
    step.fail(error.message);
    ports.progress.warn(`${node.name} could not be asked whether containers still run there. ${error.message}`);
    return null;
  }
}

import type { RawConfig } from "../../domain/config/raw.ts";
import type { Config, NodeSpec } from "../../domain/config/types.ts";
import { isOurs } from "../../domain/container/copies/ownership.ts";
import { PictlError } from "../../domain/errors.ts";
import { type NodeUse, placedOn, planRemoveNode, refuseInUse } from "../../domain/node/remove.ts";
import { forgetNode } from "./left-behind.ts";
import type { ConfigStore, Ports } from "../ports.ts";
import { record } from "../kit/record.ts";
import type { Report } from "../kit/report.ts";
import { changeNodes, type NodeChangeRow } from "./change.ts";

/**
 * Writes the config without the node, and says so. Throws node-in-use when the file places containers on it by then,
 * and `force` is not set. `after`: the document as it will be, for a dry run that comes after other changes.
 */
export async function takeOut(
  ports: Pick<Ports, "events" | "clock" | "actor" | "inhabited">,
  input: {
    readonly store: ConfigStore;
    readonly node: NodeSpec;
    readonly use: NodeUse;
    readonly force: boolean;
    readonly dryRun: boolean;
    readonly after?: (raw: RawConfig) => RawConfig;
  },
): Promise<Report<{ nodes: readonly NodeChangeRow[] }>> {
  const { store, node, use, force, dryRun, after = (raw: RawConfig) => raw } = input;
  const { name, address } = node;
  const plan = (raw: RawConfig) => {
    if (!force) refuseInUse(name, { placed: placedOn(after(raw), name), running: null });
    return planRemoveNode(after(raw), name);
  };
  const changes = await changeNodes(store, plan, dryRun);
  if (!dryRun) {
    await record(ports, { type: "node.removed", node: name, before: { address, containers: use.placed } });
    await forgetNode(ports, name);
  }
  const left = use.running && use.running.length > 0 ? `; ${use.running.join(", ")} left running there` : "";
  const outcome = `${dryRun ? "would be removed" : "removed"}${left}`;
  return { result: { nodes: [{ node: name, changed: !dryRun, outcome, changes }] }, failures: [] };
}

/** Our containers that run on a node; null, with a warning, when it cannot be asked. */
export async function runningOn(ports: Ports, config: Config, node: NodeSpec): Promise<readonly string[] | null> {
  const step = ports.progress.look(node.name);
  try {
    const containers = await (await ports.engines.on(node, ports.signal)).containers();
    step.done();
    return containers
      .filter((facts) => facts.state === "running" && isOurs(facts, config.cluster))
      .map((facts) => facts.name);
  } catch (error) {
    if (!(error instanceof PictlError) || error.code === "interrupted") throw error;
    step.fail();
    ports.progress.warn(`${node.name} could not be asked whether containers still run there. ${error.message}`);
    return null;
  }
}

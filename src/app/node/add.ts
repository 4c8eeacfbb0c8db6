import type { NodeSpec } from "../../domain/config/types.ts";
import { type Failure, PictlError, toFailure } from "../../domain/errors.ts";
import { type NewNode, planAddNode } from "../../domain/node/add.ts";
import type { ConfigStore, HostKeys, Ports } from "../ports.ts";
import { record } from "../kit/record.ts";
import type { Report } from "../kit/report.ts";
import { changeNodes, type NodeChangeRow, previewNode } from "./change.ts";
import { type TrustInput, trustNodes } from "./trust.ts";

export interface AddNodeInput {
  readonly store: ConfigStore;
  readonly node: NewNode;
  /** Connect to it before it is written down. */
  readonly check: boolean;
  /** Trust its host key first; undefined to leave that alone. */
  readonly trust: Omit<TrustInput, "nodes" | "dryRun"> | undefined;
  readonly dryRun: boolean;
}

/**
 * Adds a node to the config, once it has answered. Throws usage (a bad name, or one that is there) and what connecting
 * rejects with; then nothing is written. A node without a working Docker is added with a warning.
 */
export async function addNode(
  ports: Ports & { readonly hostKeys: HostKeys },
  input: AddNodeInput,
): Promise<Report<{ nodes: readonly NodeChangeRow[] }>> {
  const { store, node, dryRun } = input;
  const plan = (raw: Parameters<typeof planAddNode>[0]) => planAddNode(raw, node);
  const spec = await previewNode(store, plan, node.name);
  if (input.trust) {
    const { failures } = await trustNodes(ports, { ...input.trust, nodes: [spec], dryRun });
    if (failures.length > 0) return { result: { nodes: [] }, failures };
  }
  // What a dry run did not trust cannot be connected to.
  if (input.check && !(dryRun && input.trust)) {
    const failures = await tryNode(ports, spec);
    if (failures.length > 0) return { result: { nodes: [] }, failures };
  }
  const changes = await changeNodes(store, plan, dryRun);
  if (!dryRun) await record(ports, { type: "node.added", node: node.name, after: { address: spec.address } });
  const outcome = dryRun ? "would be added" : "added";
  return { result: { nodes: [{ node: node.name, changed: !dryRun, outcome, changes }] }, failures: [] };
}

/** Connects, and asks for Docker; a node may be added first and get its Docker later. */
async function tryNode(ports: Ports, node: NodeSpec): Promise<readonly Failure[]> {
  const step = ports.progress.look(node.name);
  try {
    await ports.nodes.connect(node, ports.signal);
  } catch (error) {
    step.fail();
    const { hint, ...failure } = toFailure(error, { node: node.name });
    const unchanged = "The config was not changed; `--no-check` adds the node without trying it.";
    return [{ ...failure, hint: hint === undefined ? unchanged : `${forNewNode(hint, node.name)} ${unchanged}` }];
  }
  try {
    await (await ports.engines.on(node, ports.signal)).info();
    step.done();
  } catch (error) {
    if (!(error instanceof PictlError) || error.code === "interrupted") throw error;
    step.fail();
    ports.progress.warn(
      `${node.name}: ${error.message} Containers can run there once that is put right; see \`pictl doctor ${node.name}\`.`,
    );
  }
  return [];
}

/** `node trust` knows only nodes of the config. */
function forNewNode(hint: string, name: string): string {
  return hint.replace(`run \`pictl node trust ${name}\``, "repeat this with `--trust`");
}

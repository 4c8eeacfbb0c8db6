import { versionText } from "../domain/docker/engine/product.ts";
import type { Config, NodeSpec } from "../domain/config/types.ts";
import * as docker from "../domain/docker/client/commands.ts";
import { PictlError } from "../domain/errors.ts";
import { runDocker } from "./kit/docker.ts";
import { fanOut } from "./kit/fan-out.ts";
import { type KeyRow, type TrustInput, trustNodes } from "./node/trust.ts";
import type { Connection, HostKeys, Ports } from "./ports.ts";
import type { Report } from "./kit/report.ts";

export interface InitInput {
  readonly config: Config;
  /** How host keys are decided about. */
  readonly trust: Omit<TrustInput, "nodes" | "dryRun">;
}

export interface InitRow {
  readonly node: string;
  /** `Docker 27.5.1`, or what is the matter. */
  readonly outcome: string;
  /** null when Docker did not answer. */
  readonly dockerVersion: string | null;
}

/**
 * Tries every node of a config that is about to be written: its host key is trusted first, then it is logged in to,
 * then Docker is asked. A node without a working Docker is a warning, as it may get one later; one that cannot be
 * logged in to is a failure.
 */
export async function tryCluster(
  ports: Ports & { readonly hostKeys: HostKeys },
  { config, trust }: InitInput,
): Promise<Report<{ nodes: readonly InitRow[]; keys: readonly KeyRow[] }>> {
  const trusted = await trustNodes(ports, { ...trust, nodes: config.nodes, dryRun: false });
  const untrusted = new Set(trusted.failures.map((failure) => failure.node));
  const { results, failures } = await fanOut(
    ports,
    config.nodes.filter(({ name }) => !untrusted.has(name)),
    { place: ({ name }) => ({ node: name }), work: (node) => tryNode(ports, node) },
  );
  return { result: { nodes: results, keys: trusted.result.keys }, failures: [...trusted.failures, ...failures] };
}

async function tryNode(ports: Ports, node: NodeSpec): Promise<InitRow> {
  const step = ports.progress.step(node.name, "SSH and Docker");
  const { signal } = ports;
  let connection: Connection;
  try {
    connection = await ports.nodes.connect(node, signal);
  } catch (error) {
    step.fail();
    throw error;
  }
  try {
    const info = await (await ports.engines.on(node, signal)).info();
    // The daemon answers on its socket also where there is no client, by which changes go.
    await runDocker(connection, docker.clientVersion, { doing: "look at the docker client", reads: true, signal });
    const outcome = `${info.product} ${info.serverVersion}`;
    step.done(outcome);
    return { node: node.name, outcome, dockerVersion: versionText(info) };
  } catch (error) {
    if (!(error instanceof PictlError) || error.code === "interrupted") throw error;
    step.fail();
    const remedy = error.hint === undefined ? "" : ` ${error.hint}`;
    ports.progress.warn(`${node.name}: ${error.message}${remedy} Containers can run there once that is put right.`);
    return { node: node.name, outcome: error.message, dockerVersion: null };
  }
}

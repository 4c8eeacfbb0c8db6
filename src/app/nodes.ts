import { versionText } from "../domain/docker/engine/product.ts";
import type { Config, NodeSpec } from "../domain/config/types.ts";
import { type ErrorCode, type Failure, PictlError, toFailure } from "../domain/errors.ts";
import { type NodeProbe, parseProbe, probeCommand } from "../domain/node/probe.ts";
import { fanOut } from "./kit/fan-out.ts";
import { lookWithin } from "./kit/observe/looking.ts";
import type { Connection, Ports } from "./ports.ts";
import type { Report } from "./kit/report.ts";

export interface NodeRow extends Partial<NodeProbe> {
  readonly node: string;
  readonly address: string;
  readonly reachable: boolean;
  /** What kept us out, where it is not reachable: not every node that we cannot get into is silent. */
  readonly failure?: ErrorCode;
  readonly cordoned: boolean;
  readonly dockerVersion: string | null;
  readonly containersRunning: number | null;
  readonly containers: number | null;
  /** A virtual IP is on this node; null when there is none or nobody knows. */
  readonly vip: boolean | null;
}

/** Looks at every node at once: system, Docker, virtual IP. An unreachable node is a row too, and a failure. */
export async function listNodes(
  ports: Ports,
  input: {
    config: Config;
    nodes: readonly NodeSpec[];
    /** Told once what is known of the nodes that have answered, while others let one wait. */
    onEarly?: ((result: { nodes: readonly NodeRow[] }) => void) | undefined;
  },
): Promise<Report<{ nodes: readonly NodeRow[] }>> {
  const { onEarly } = input;
  const looks = await fanOut(ports, input.nodes, {
    early: onEarly && {
      clock: ports.clock,
      tell: (results: readonly Look[]) => {
        onEarly({ nodes: results.map(({ row }) => row) });
      },
    },
    place: (node) => ({ node: node.name }),
    work: (node) =>
      lookAt(
        ports,
        node,
        input.config.vips.map(({ ip }) => ip),
      ),
  });
  return {
    result: { nodes: looks.results.map((look) => look.row) },
    failures: [...looks.failures, ...looks.results.flatMap((look) => look.failures)],
  };
}

interface Look {
  readonly row: NodeRow;
  readonly failures: readonly Failure[];
}

async function lookAt(ports: Ports, node: NodeSpec, vips: readonly string[]): Promise<Look> {
  const step = ports.progress.look(node.name);
  const [system, docker] = await Promise.allSettled([
    lookWithin(ports, node.name, async (signal) => probe(await ports.nodes.connect(node, signal), signal)),
    lookWithin(ports, node.name, async (signal) => (await ports.engines.on(node, signal)).info()),
  ]);
  const failures = [system, docker].flatMap((outcome) =>
    outcome.status === "rejected" ? [toFailure(outcome.reason, { node: node.name })] : [],
  );
  const distinct = failures.filter(
    (each, index) => failures.findIndex((other) => other.message === each.message) === index,
  );
  if (distinct.length > 0) step.fail();
  else step.done();
  const facts = system.status === "fulfilled" ? system.value : undefined;
  const info = docker.status === "fulfilled" ? docker.value : undefined;
  return {
    row: {
      node: node.name,
      address: node.address,
      reachable: facts !== undefined,
      ...(system.status === "rejected" ? { failure: toFailure(system.reason).code } : {}),
      cordoned: node.cordoned,
      ...facts,
      dockerVersion: info === undefined ? null : versionText(info),
      containersRunning: info?.containersRunning ?? null,
      containers: info?.containers ?? null,
      vip: vips.length === 0 || facts === undefined ? null : vips.some((vip) => facts.addresses.includes(vip)),
    },
    failures: distinct,
  };
}

async function probe(connection: Connection, signal: AbortSignal): Promise<NodeProbe> {
  const outcome = await connection.run(probeCommand, { signal });
  if (outcome.status !== "ok") {
    throw new PictlError("command-failed", "The node did not answer the question what it is.", {
      hint: "Its disk or processor may be stuck; `pictl doctor` tells more.",
    });
  }
  return parseProbe(outcome.stdout);
}

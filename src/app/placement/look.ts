import type { Config, NodeSpec, Placement } from "../../domain/config/types.ts";
import { PictlError } from "../../domain/errors.ts";
import { parseProbe, probeCommand } from "../../domain/node/probe.ts";
import { allowedHosts, type Homeless, type HostFacts } from "../../domain/placement/candidates.ts";
import { fanOut } from "../kit/fan-out.ts";
import { machineOf } from "../kit/observe/machine.ts";
import { nodeOf } from "../kit/observe/observer.ts";
import type { Ports } from "../ports.ts";
import { reach } from "../kit/reach.ts";

/** What `candidates` wants to know of containers that need another node, and of the nodes they may go to. */
export interface PlacementLook {
  readonly homeless: readonly Homeless[];
  readonly facts: readonly HostFacts[];
}

/**
 * Looks, all at once, at the nodes that containers may go to and at those where they are. A node that cannot be asked
 * is told in its facts. Rejects only when interrupted.
 */
export async function lookForPlaces(
  ports: Ports,
  config: Config,
  placements: readonly Placement[],
): Promise<PlacementLook> {
  const wanted = placements.map((placement) => ({ placement, hosts: allowedHosts(config, placement.container) }));
  const concerned = new Set(
    wanted.flatMap(({ placement, hosts }) => [placement.node, ...(hosts ?? config.nodes.map(({ name }) => name))]),
  );
  const { results: facts, failures } = await fanOut(
    ports,
    config.nodes.filter(({ name }) => concerned.has(name)),
    { place: (node) => ({ node: node.name }), work: (node) => lookAt(ports, config, node) },
  );
  const [failure] = failures;
  if (failure) throw new PictlError(failure.code, failure.message, failure);
  const homeless = await Promise.all(
    wanted.map(async ({ placement, hosts }) => {
      const platforms = await platformsOf(ports, config, { placement, hosts, facts });
      return { cluster: config.cluster, placement, hosts, platforms };
    }),
  );
  return { homeless, facts };
}

async function lookAt(ports: Ports, config: Config, node: NodeSpec): Promise<HostFacts> {
  const step = ports.progress.look(node.name);
  const known = {
    node: node.name,
    cordoned: node.cordoned,
    placed: config.placements.filter((each) => each.node === node.name),
  };
  const [connection, docker] = await Promise.all([
    orProblem(ports.nodes.connect(node, ports.signal)),
    orProblem(askDocker(ports, node)),
  ]);
  const probe =
    typeof connection === "string"
      ? connection
      : await orProblem(connection.run(probeCommand, { timeoutMs: 20_000, signal: ports.signal }));
  if (typeof probe === "string") {
    step.fail();
    return { ...known, reachable: false, docker: undefined, problem: probe, memoryAvailableBytes: null };
  }
  const { memoryAvailableBytes } = parseProbe(probe.stdout);
  if (typeof docker === "string") {
    step.fail();
    return { ...known, reachable: true, docker: undefined, problem: docker, memoryAvailableBytes };
  }
  step.done();
  return { ...known, reachable: true, docker, memoryAvailableBytes };
}

async function askDocker(ports: Ports, node: NodeSpec): Promise<NonNullable<HostFacts["docker"]>> {
  const { connection, engine } = await reach(ports, node);
  const [{ id: engineId, architecture }, containers] = await Promise.all([
    machineOf(connection, engine),
    engine.containers(),
  ]);
  return { engineId, architecture, containers };
}

/** Being interrupted, and a bug of ours, are no facts of a node's. */
async function orProblem<T>(work: Promise<T>): Promise<T | string> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof PictlError && error.code !== "interrupted" && error.code !== "internal") return error.message;
    throw error;
  }
}

/**
 * The platforms of a registry's image. Where all nodes in question are of one kind nobody is asked: the image runs on
 * the one where it is. The registry may not tell (a login, no network); then it counts as fitting.
 */
async function platformsOf(
  ports: Ports,
  config: Config,
  {
    placement,
    hosts,
    facts,
  }: { placement: Placement; hosts: readonly string[] | undefined; facts: readonly HostFacts[] },
): Promise<readonly string[] | undefined> {
  if (placement.image === undefined) return undefined;
  const concerned = facts.filter(({ node }) => node === placement.node || (hosts?.includes(node) ?? true));
  const working = concerned.filter(({ docker }) => docker !== undefined);
  const kinds = new Set(working.map(({ docker }) => docker?.architecture));
  const [asked] = working;
  if (kinds.size < 2 || asked === undefined) return undefined;
  const platforms = await orProblem(
    ports.engines
      .on(nodeOf(config, asked.node), ports.signal)
      .then((engine) => engine.platforms(placement.image ?? "")),
  );
  return typeof platforms === "string" ? undefined : platforms;
}

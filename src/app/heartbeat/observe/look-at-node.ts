import { abortable, timeLimit } from "../../../abort.ts";
import type { Config, NodeSpec } from "../../../domain/config/types.ts";
import { isAlive } from "../../../domain/container/stop/grace.ts";
import { isOurs } from "../../../domain/container/copies/ownership.ts";
import { type ErrorCode, PictlError } from "../../../domain/errors.ts";
import type { NodeFacts, UpNode } from "../../../domain/heartbeat/facts.ts";
import { words } from "../../../domain/shell.ts";
import { deniesUs } from "../../../domain/ssh/connect/refusal.ts";
import type { Connection, HeartbeatPorts } from "../../ports.ts";

/** What one look tells the next. */
export interface KnownNodes {
  /** Where nodes were last reached, for their peers to try. */
  readonly addresses: Map<string, string>;
  /** The boots in which they were. A connection does not outlive its node's. */
  readonly boots: WeakMap<Connection, string>;
}

export interface LookingAtNodes {
  readonly known: KnownNodes;
  /** The longest a node may take to say how it is. */
  readonly budgetMs: number;
  /** Resolves when a Docker that is well would have answered; one timer for all nodes. */
  readonly prompt: Promise<void>;
}

/**
 * Connects, and finds out what each connection is asked once: of which boot it is, and where its Docker is. With hundreds of
 * nodes, or on a slow machine, that takes longer than a look may. `heard` is called when the node has come a step nearer.
 * Rejects with what connecting or Docker's opening rejects with.
 */
export async function greet(
  ports: HeartbeatPorts,
  node: NodeSpec,
  { known: { boots }, heard }: { readonly known: KnownNodes; readonly heard: () => void },
): Promise<void> {
  const connection = await ports.nodes.connect(node, ports.signal);
  heard();
  const [pulse] = await Promise.all([
    connection.run(bootIdCommand, { ...pulseOptions, timeoutMs: greetMs, signal: ports.signal }),
    ports.engines.on(node, ports.signal),
  ]);
  if (pulse.status === "ok") boots.set(connection, pulse.stdout.trim());
  heard();
}

/**
 * How a node is, by one question where all is well: whoever lists its containers over a connection is of the boot in which that
 * was made. What a Docker that is not prompt, or none, says of the node, its shell is asked. Rejects for an abort alone.
 */
export async function lookAtNode(
  ports: HeartbeatPorts,
  config: Config,
  node: NodeSpec,
  { budgetMs, known: { addresses, boots }, prompt }: LookingAtNodes,
): Promise<NodeFacts> {
  const late = timeLimit(ports.clock, budgetMs, ports.signal);
  const { signal } = late;
  let bootId: string | undefined;
  let heardBefore = false;
  try {
    // One that takes longer goes on connecting, for the next round; its own time-out ends it.
    const connection = await abortable(ports.nodes.connect(node, ports.signal), signal);
    if (connection.login) addresses.set(node.name, hostOf(connection.login.address));
    const docker = lookAtDocker(ports, config, node, signal);
    const known = boots.get(connection);
    heardBefore = known !== undefined;
    const seen = known === undefined ? undefined : await Promise.race([docker.catch(() => undefined), prompt]);
    if (known !== undefined && seen) return { state: "up", bootId: known, ...seen };
    docker.catch(() => undefined);
    // What one of them does not answer tells which half of the node is ill.
    const pulse = await connection.run(bootIdCommand, { ...pulseOptions, timeoutMs: budgetMs, signal });
    if (pulse.status !== "ok") throw new PictlError("node-unreachable", "its shell does not answer");
    bootId = pulse.stdout.trim();
    boots.set(connection, bootId);
    return { state: "up", bootId, ...(await docker) };
  } catch (error) {
    if (ports.signal.aborted) throw error;
    const noAnswer = `${bootId === undefined ? "SSH" : "Docker"} does not answer within ${(budgetMs / 1000).toFixed(1)} s`;
    const message = late.expired() ? noAnswer : reason(error);
    const code = error instanceof PictlError ? error.code : "internal";
    if (saysNo(code)) return { state: "refused", code, message };
    if (bootId !== undefined) {
      return { state: "docker-silent", bootId, code: late.expired() ? "docker-unavailable" : code, message };
    }
    // A line that answers nothing any more would be waited for in every round; a new one may only be late.
    if (heardBefore) ports.nodes.discard(node.name);
    const lost = code === "connection-lost" ? "the connection to it was lost" : message;
    return { state: "silent", code: "node-unreachable", message: lost, missedBy: [], seenBy: [] };
  } finally {
    late.dispose();
  }
}

/**
 * What Docker lists is all that a round goes by of a container that is alive. Somebody who wants one stopped has marked it
 * before it was stopped, so that a mark is there when its container is seen to have ended.
 */
async function lookAtDocker(
  ports: HeartbeatPorts,
  { cluster }: Config,
  node: NodeSpec,
  signal: AbortSignal,
): Promise<Pick<UpNode, "containers" | "stopped">> {
  const engine = await ports.engines.on(node, signal);
  const containers = await engine.containers((listed) => (isAlive(listed) ? listed : undefined));
  const isOver = containers.some((facts) => isOurs(facts, cluster) && !isAlive(facts));
  return { containers, stopped: isOver ? await engine.stopMarks() : [] };
}

const bootIdCommand = words("cat", "/proc/sys/kernel/random/boot_id");
const pulseOptions = { maxOutputBytes: 100, ahead: true };
/** A first answer; who waits for many of them stops when no more come. */
const greetMs = 60_000;

/** The node is there and says no: somebody has to look at it, and its containers may be in the best of health. */
function saysNo(code: ErrorCode): boolean {
  return deniesUs(code) || code === "docker-denied" || code === "docker-missing";
}

/** `host:port` and `[v6]:port` without the port. */
function hostOf(address: string): string {
  return address.replace(/:\d+$/, "").replace(/^\[(.*)\]$/, "$1");
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message.replace(/\.$/, "") : String(error);
}

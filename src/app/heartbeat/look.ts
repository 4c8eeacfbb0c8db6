import pMap from "p-map";
import type { Config, NodeSpec } from "../../domain/config/types.ts";
import { type ErrorCode, PictlError } from "../../domain/errors.ts";
import type { CheckFact, NodeFacts, Subject } from "../../domain/heartbeat/facts.ts";
import { checkTimeoutMs, subjects } from "../../domain/heartbeat/subjects.ts";
import { words } from "../../domain/shell.ts";
import { deniesUs } from "../../domain/ssh/refusal.ts";
import { abortable, timeLimit } from "../../abort.ts";
import { nodeOf } from "../kit/observe.ts";
import { secondOpinions } from "./second-opinion.ts";
import { type WitnessAnswers, askPeers, peersIn } from "./witness.ts";
import type { HeartbeatPorts } from "../ports.ts";

export interface HeartbeatLook {
  readonly nodes: Readonly<Record<string, NodeFacts>>;
  readonly checks: readonly CheckFact[];
}

/** A round takes as long as its slowest check, not as all of them; sockets are cheap. */
const checksAtOnce = 1024;
/** The longest a node may take to say how it is. */
const longestLookMs = 5000;

/**
 * One look at every node and every check, all at once. `addresses` is kept between looks: where nodes were last
 * reached, for their peers to try. Takes less than one interval, whatever the nodes do, and never rejects but for an
 * abort.
 */
export async function lookAtCluster(
  ports: HeartbeatPorts,
  config: Config,
  { intervalMs, addresses }: { readonly intervalMs: number; readonly addresses: Map<string, string> },
): Promise<HeartbeatLook> {
  const budgetMs = budgetOf(intervalMs);
  const [nodes, checks] = await Promise.all([
    lookAtAll(ports, config, { budgetMs, addresses }),
    pMap(subjects(config), (subject) => check(ports, config, subject, intervalMs), { concurrency: checksAtOnce }),
  ]);
  return { nodes, checks: await secondOpinions(ports, config, { checks, nodes, addresses, intervalMs }) };
}

/** As long as one connection may take. */
const nothingNewMs = 10_000;

/**
 * Connects to all nodes before the first look, which would else take those for silent whose turn has not come. Resolves when
 * each is connected or has failed by itself, or when nothing new has come for a while: what is left is looked at as ever.
 */
export async function gather(ports: HeartbeatPorts, config: Config): Promise<void> {
  let connected = 0;
  const all = Promise.all(
    config.nodes.map((node) =>
      ports.nodes.connect(node, ports.signal).then(
        () => (connected += 1),
        () => undefined,
      ),
    ),
  );
  for (let before = -1; before < connected;) {
    before = connected;
    const timer = new AbortController();
    const pause = ports.clock.sleep(nothingNewMs, timer.signal).catch(() => undefined);
    const ended = await Promise.race([all.then(() => true), pause.then(() => false)]);
    timer.abort();
    if (ended) return;
  }
}

function budgetOf(intervalMs: number): number {
  return Math.min(longestLookMs, Math.floor(intervalMs / 2) - 1);
}

interface Looking {
  readonly budgetMs: number;
  readonly addresses: Map<string, string>;
}

/** Peers are asked about a node while it may still answer: what waits for both takes no longer than a round may. */
async function lookAtAll(
  ports: HeartbeatPorts,
  config: Config,
  looking: Looking,
): Promise<Readonly<Record<string, NodeFacts>>> {
  const seen = new Map<string, NodeFacts>();
  const look = async (node: NodeSpec): Promise<void> => {
    seen.set(node.name, await lookAt(ports, node, looking));
  };
  const all = Promise.all(config.nodes.map(look));
  const ask = async (): Promise<Readonly<Record<string, WitnessAnswers>>> => {
    const stop = new AbortController();
    await Promise.race([all, ports.clock.sleep(looking.budgetMs / 2, stop.signal).catch(() => undefined)]);
    stop.abort();
    if (peersIn(ports, seen).length === 0) await all;
    return askPeers(ports, config, seen, looking);
  };
  const [answers] = await Promise.all([ask(), all]);
  return Object.fromEntries(
    config.nodes.flatMap(({ name }): [string, NodeFacts][] => {
      const facts = seen.get(name);
      if (!facts) return [];
      return [[name, facts.state === "silent" ? { ...facts, ...answers[name] } : facts]];
    }),
  );
}

async function lookAt(ports: HeartbeatPorts, node: NodeSpec, { budgetMs, addresses }: Looking): Promise<NodeFacts> {
  const late = timeLimit(ports.clock, budgetMs, ports.signal);
  const { signal } = late;
  let bootId: string | undefined;
  let connected = false;
  try {
    // One that takes longer goes on connecting, for the next round; its own time-out ends it.
    const connection = await abortable(ports.nodes.connect(node, ports.signal), signal);
    connected = true;
    if (connection.login) addresses.set(node.name, hostOf(connection.login.address));
    // Asked at once: what one of them does not answer tells which half of the node is ill.
    const docker = ports.engines
      .on(node, signal)
      .then((engine) => Promise.all([engine.containers(), engine.stopMarks()]));
    docker.catch(() => undefined);
    const pulse = await connection.run(bootIdCommand, {
      timeoutMs: budgetMs,
      maxOutputBytes: 100,
      ahead: true,
      signal,
    });
    if (pulse.status !== "ok") throw new PictlError("node-unreachable", "its shell does not answer");
    bootId = pulse.stdout.trim();
    const [containers, stopped] = await docker;
    return { state: "up", bootId, containers, stopped };
  } catch (error) {
    if (ports.signal.aborted) throw error;
    const noAnswer = `${bootId === undefined ? "SSH" : "Docker"} does not answer within ${(budgetMs / 1000).toFixed(1)} s`;
    const message = late.expired() ? noAnswer : reason(error);
    const code = error instanceof PictlError ? error.code : "internal";
    if (saysNo(code)) return { state: "refused", code, message };
    if (bootId !== undefined) {
      return { state: "docker-silent", bootId, code: late.expired() ? "docker-unavailable" : code, message };
    }
    // A line that answers nothing any more would be waited for in every round.
    if (connected) ports.nodes.discard(node.name);
    return { state: "silent", code: "node-unreachable", message, missedBy: [], seenBy: [] };
  } finally {
    late.dispose();
  }
}

const bootIdCommand = words("cat", "/proc/sys/kernel/random/boot_id");

/** The node is there and says no: somebody has to look at it, and its containers may be in the best of health. */
function saysNo(code: ErrorCode): boolean {
  return deniesUs(code) || code === "docker-denied" || code === "docker-missing";
}

async function check(ports: HeartbeatPorts, config: Config, subject: Subject, intervalMs: number): Promise<CheckFact> {
  const timeoutMs = checkTimeoutMs(subject.check, intervalMs);
  const result = await ports.checks.run(
    { ...subject.check, timeoutMs },
    { node: nodeOf(config, subject.node), container: subject.container, signal: ports.signal },
  );
  return { ...subject, ...result };
}

/** `host:port` and `[v6]:port` without the port. */
function hostOf(address: string): string {
  return address.replace(/:\d+$/, "").replace(/^\[(.*)\]$/, "$1");
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message.replace(/\.$/, "") : String(error);
}

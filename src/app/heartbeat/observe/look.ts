import pMap from "p-map";
import type { Config, NodeSpec } from "../../../domain/config/types.ts";
import type { CheckFact, NodeFacts, Subject } from "../../../domain/heartbeat/facts.ts";
import { checkTimeoutMs, subjects } from "../../../domain/heartbeat/checks/subjects.ts";
import { nodeOf } from "../../kit/observe/observer.ts";
import { type KnownNodes, type LookingAtNodes, greet, lookAtNode } from "./look-at-node.ts";
import { secondOpinions } from "./second-opinion.ts";
import { type WitnessAnswers, askPeers, peersIn } from "./witness.ts";
import type { HeartbeatPorts } from "../../ports.ts";

export interface HeartbeatLook {
  readonly nodes: Readonly<Record<string, NodeFacts>>;
  readonly checks: readonly CheckFact[];
}

/** A round takes as long as its slowest check, not as all of them; sockets are cheap. */
const checksAtOnce = 1024;
/** The longest a node may take to say how it is. */
const longestLookMs = 5000;

/**
 * One look at every node and every check, all at once. `known` is kept between looks. Takes less than one interval,
 * whatever the nodes do, and never rejects but for an abort.
 */
export async function lookAtCluster(
  ports: HeartbeatPorts,
  config: Config,
  { intervalMs, known }: { readonly intervalMs: number; readonly known: KnownNodes },
): Promise<HeartbeatLook> {
  const budgetMs = budgetOf(intervalMs);
  const [nodes, checks] = await Promise.all([
    lookAtAll(ports, config, { budgetMs, known }),
    pMap(subjects(config), (subject) => check(ports, config, subject, intervalMs), { concurrency: checksAtOnce }),
  ]);
  return {
    nodes,
    checks: await secondOpinions(ports, config, { checks, nodes, addresses: known.addresses, intervalMs }),
  };
}

/** As long as one connection may take. */
const nothingNewMs = 10_000;

/**
 * Greets all nodes before the first look, which would else take those for silent whose turn has not come. Resolves when each
 * is known or has failed by itself, or when nothing new has come for a while: what is left is looked at as ever.
 */
export async function gather(ports: HeartbeatPorts, config: Config, known: KnownNodes): Promise<void> {
  let steps = 0;
  const heard = (): void => {
    steps += 1;
  };
  const all = Promise.all(config.nodes.map((node) => greet(ports, node, { known, heard }).catch(() => undefined)));
  for (let before = -1; before < steps;) {
    before = steps;
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

/** Peers are asked about a node while it may still answer: what waits for both takes no longer than a round may. */
async function lookAtAll(
  ports: HeartbeatPorts,
  config: Config,
  looking: Omit<LookingAtNodes, "prompt">,
): Promise<Readonly<Record<string, NodeFacts>>> {
  const seen = new Map<string, NodeFacts>();
  const ended = new AbortController();
  const prompt = ports.clock.sleep(looking.budgetMs / 4, ended.signal).catch(() => undefined);
  const look = async (node: NodeSpec): Promise<void> => {
    seen.set(node.name, await lookAtNode(ports, config, node, { ...looking, prompt }));
  };
  const all = Promise.all(config.nodes.map(look));
  const ask = async (): Promise<Readonly<Record<string, WitnessAnswers>>> => {
    const stop = new AbortController();
    await Promise.race([all, ports.clock.sleep(looking.budgetMs / 2, stop.signal).catch(() => undefined)]);
    stop.abort();
    if (peersIn(ports, seen).length === 0) await all;
    return askPeers(ports, config, seen, { budgetMs: looking.budgetMs, addresses: looking.known.addresses });
  };
  const [answers] = await Promise.all([ask(), all]).finally(() => {
    ended.abort();
  });
  return Object.fromEntries(
    config.nodes.flatMap(({ name }): [string, NodeFacts][] => {
      const facts = seen.get(name);
      if (!facts) return [];
      return [[name, facts.state === "silent" ? { ...facts, ...answers[name] } : facts]];
    }),
  );
}

async function check(ports: HeartbeatPorts, config: Config, subject: Subject, intervalMs: number): Promise<CheckFact> {
  const timeoutMs = checkTimeoutMs(subject.check, intervalMs);
  const result = await ports.checks.run(
    { ...subject.check, timeoutMs },
    { node: nodeOf(config, subject.node), container: subject.container, signal: ports.signal },
  );
  return { ...subject, ...result };
}

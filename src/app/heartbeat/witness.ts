import type { Config } from "../../domain/config/types.ts";
import type { NodeFacts, SilentNode } from "../../domain/heartbeat/facts.ts";
import { words } from "../../domain/shell.ts";
import { timeLimit } from "../../abort.ts";
import { nodeOf } from "../observe.ts";
import type { Connection, HeartbeatPorts } from "../ports.ts";

/** Peers asked about one silent node. */
const peersAsked = 3;

/**
 * Has nodes that answer try to reach those that do not (as SWIM's indirect probe does), so that a fault of the line
 * between this machine and a node is not taken for the node's death. A peer on this very machine sees what we see and
 * is not asked.
 */
export async function askPeers(
  ports: HeartbeatPorts,
  config: Config,
  nodes: Readonly<Record<string, NodeFacts>>,
  { budgetMs, addresses }: { readonly budgetMs: number; readonly addresses: ReadonlyMap<string, string> },
): Promise<Readonly<Record<string, NodeFacts>>> {
  const peers = Object.entries(nodes)
    .filter(([, facts]) => "bootId" in facts && facts.bootId !== ports.machine.bootId)
    .map(([name]) => name);
  const asked = await Promise.all(
    Object.entries(nodes).map(async ([name, facts], index): Promise<[string, NodeFacts]> => {
      if (facts.state !== "silent") return [name, facts];
      const address = addresses.get(name) ?? nodeOf(config, name).address;
      // Not always the same ones, where there are many.
      const some = peers.map((_, nth) => peers[(nth + index) % peers.length] ?? "").slice(0, peersAsked);
      return [name, await ask(ports, config, { facts, node: name, address, peers: some, budgetMs })];
    }),
  );
  return Object.fromEntries(asked);
}

async function ask(
  ports: HeartbeatPorts,
  config: Config,
  question: { facts: SilentNode; node: string; address: string; peers: readonly string[]; budgetMs: number },
): Promise<SilentNode> {
  const answers = await Promise.all(
    question.peers.map(async (peer) => ({ peer, reached: await reaches(ports, config, { ...question, peer }) })),
  );
  const named = (reached: boolean): string[] =>
    answers.filter((answer) => answer.reached === reached).map((answer) => answer.peer);
  return { ...question.facts, seenBy: named(true), missedBy: named(false) };
}

/** Whether the peer reaches the address; undefined when it could not be asked, or cannot even try. */
async function reaches(
  ports: HeartbeatPorts,
  config: Config,
  { peer, node, address, budgetMs }: { peer: string; node: string; address: string; budgetMs: number },
): Promise<boolean | undefined> {
  const { signal, dispose } = timeLimit(ports.clock, budgetMs + 1000, ports.signal);
  try {
    const connection = await ports.nodes.connect(nodeOf(config, peer), signal);
    const [pinged, ...opened] = await Promise.all([
      pings(connection, { address, budgetMs, signal }),
      ...watchedPorts(config, node).map((port) => opens(connection, { address, port, signal })),
    ]);
    return opened.includes(true) ? true : pinged;
  } catch (error) {
    if (ports.signal.aborted) throw error;
    return undefined;
  } finally {
    dispose();
  }
}

async function pings(
  connection: Connection,
  { address, budgetMs, signal }: { address: string; budgetMs: number; signal: AbortSignal },
): Promise<boolean | undefined> {
  const wait = String(Math.max(1, Math.floor(budgetMs / 1000)));
  const outcome = await connection.run(words("ping", "-c", "1", "-W", wait, address), {
    timeoutMs: budgetMs + 1000,
    maxOutputBytes: 1000,
    signal,
  });
  // ping says 1 for "no answer" and 2 for everything else: no such name, no right to open a socket.
  if (outcome.status === "ok") return true;
  return outcome.code === 1 ? false : undefined;
}

/** A firewall may swallow pings and let a service through. */
async function opens(
  connection: Connection,
  { address, port, signal }: { address: string; port: number; signal: AbortSignal },
): Promise<boolean> {
  try {
    (await connection.openTcp(address, port, signal)).destroy();
    return true;
  } catch {
    return false;
  }
}

/** Up to three, which is enough to see life. */
function watchedPorts(config: Config, node: string): readonly number[] {
  return config.heartbeat.checks
    .filter((each) => each.node === node && each.check["via"] !== "node")
    .flatMap(({ check }) => (typeof check["port"] === "number" ? [check["port"]] : []))
    .slice(0, 3);
}

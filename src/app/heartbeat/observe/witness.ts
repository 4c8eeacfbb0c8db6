import type { Config } from "../../../domain/config/types.ts";
import type { NodeFacts, SilentNode } from "../../../domain/heartbeat/facts.ts";
import { words } from "../../../domain/shell.ts";
import { timeLimit } from "../../../abort.ts";
import { nodeOf } from "../../kit/observe/observer.ts";
import type { Connection, HeartbeatPorts } from "../../ports.ts";

/** Peers asked about one silent node. */
const peersAsked = 3;
/** What a peer may take on top of what it waits for. */
const slackMs = 1000;

/** Who reached a silent node, and who tried in vain. */
export type WitnessAnswers = Pick<SilentNode, "seenBy" | "missedBy">;

/**
 * The nodes that can be asked about others: a peer on this very machine sees what we see. In one order whoever answered first,
 * so that the same is told in each round.
 */
export function peersIn(
  ports: Pick<HeartbeatPorts, "machine">,
  seen: ReadonlyMap<string, NodeFacts>,
): readonly string[] {
  return [...seen]
    .filter(([, facts]) => "bootId" in facts && facts.bootId !== ports.machine.bootId)
    .map(([name]) => name)
    .sort();
}

/**
 * Has nodes that answer try to reach those that do not, or have not yet (as SWIM's indirect probe does), so that a fault
 * of the line between this machine and a node is not taken for the node's death.
 */
export async function askPeers(
  ports: HeartbeatPorts,
  config: Config,
  seen: ReadonlyMap<string, NodeFacts>,
  { budgetMs, addresses }: { readonly budgetMs: number; readonly addresses: ReadonlyMap<string, string> },
): Promise<Readonly<Record<string, WitnessAnswers>>> {
  const peers = peersIn(ports, seen);
  const asked = config.nodes.map(async ({ name, address }, index): Promise<[string, WitnessAnswers] | undefined> => {
    if ((seen.get(name)?.state ?? "silent") !== "silent") return undefined;
    // Not always the same ones, where there are many.
    const some = peers.map((_, nth) => peers[(nth + index) % peers.length] ?? "").slice(0, peersAsked);
    return [
      name,
      await ask(ports, config, { node: name, address: addresses.get(name) ?? address, peers: some, budgetMs }),
    ];
  });
  return Object.fromEntries((await Promise.all(asked)).filter((each) => each !== undefined));
}

async function ask(
  ports: HeartbeatPorts,
  config: Config,
  question: { node: string; address: string; peers: readonly string[]; budgetMs: number },
): Promise<WitnessAnswers> {
  const answers = await Promise.all(
    question.peers.map(async (peer) => ({ peer, reached: await reaches(ports, config, { ...question, peer }) })),
  );
  const named = (reached: boolean): string[] =>
    answers.filter((answer) => answer.reached === reached).map((answer) => answer.peer);
  return { seenBy: named(true), missedBy: named(false) };
}

/** Whether the peer reaches the address; undefined when it could not be asked, or cannot even try. */
async function reaches(
  ports: HeartbeatPorts,
  config: Config,
  { peer, node, address, budgetMs }: { peer: string; node: string; address: string; budgetMs: number },
): Promise<boolean | undefined> {
  // ping knows whole seconds only.
  const waitSeconds = Math.max(1, Math.floor(budgetMs / 1000));
  const wait = timeLimit(ports.clock, waitSeconds * 1000, ports.signal);
  const slow = timeLimit(ports.clock, waitSeconds * 1000 + slackMs, ports.signal);
  try {
    const connection = await ports.nodes.connect(nodeOf(config, peer), wait.signal);
    const [pinged, ...opened] = await Promise.all([
      pings(connection, { address, waitSeconds, signal: slow.signal }),
      ...watchedPorts(config, node).map((port) => opens(connection, { address, port, signal: wait.signal })),
    ]);
    return opened.includes(true) ? true : pinged;
  } catch (error) {
    if (ports.signal.aborted) throw error;
    return undefined;
  } finally {
    wait.dispose();
    slow.dispose();
  }
}

async function pings(
  connection: Connection,
  { address, waitSeconds, signal }: { address: string; waitSeconds: number; signal: AbortSignal },
): Promise<boolean | undefined> {
  const outcome = await connection.run(words("ping", "-c", "1", "-W", String(waitSeconds), address), {
    timeoutMs: waitSeconds * 1000 + slackMs,
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

import type { Config } from "../../../domain/config/types.ts";
import type { CheckFact, NodeFacts } from "../../../domain/heartbeat/facts.ts";
import { checkTimeoutMs, connectsFromHere } from "../../../domain/heartbeat/checks/subjects.ts";
import { nodeOf } from "../../kit/observe/observer.ts";
import type { HeartbeatPorts } from "../../ports.ts";
import { peersIn } from "./witness.ts";

/** Nodes asked about one failed check. */
const peersAsked = 2;

/**
 * Has other nodes make the checks that failed from here, so that a line that flaps is not taken for a container that
 * fails. What does not run needs no second opinion, and a node that is not up has been asked about already. Takes half
 * as long as a check at most; rejects only for an abort.
 */
export function secondOpinions(
  ports: HeartbeatPorts,
  config: Config,
  seen: {
    readonly checks: readonly CheckFact[];
    readonly nodes: Readonly<Record<string, NodeFacts>>;
    readonly addresses: ReadonlyMap<string, string>;
    readonly intervalMs: number;
  },
): Promise<readonly CheckFact[]> {
  const { nodes, addresses, intervalMs } = seen;
  const up = Object.entries(nodes).filter(([, facts]) => facts.state === "up");
  const peers = peersIn(ports, new Map(up));
  const runs = ({ container, node }: CheckFact): boolean => {
    const facts = nodes[node];
    return (
      facts?.state === "up" && facts.containers.some(({ name, state }) => name === container && state === "running")
    );
  };
  return Promise.all(
    seen.checks.map(async (fact, index) => {
      if (fact.ok || !connectsFromHere(fact.check) || !runs(fact)) return fact;
      const others = peers.filter((peer) => peer !== fact.node);
      // Not always the same ones, where there are many.
      const asked = others.map((_, nth) => others[(nth + index) % others.length] ?? "").slice(0, peersAsked);
      const node = nodeOf(config, fact.node);
      const address = addresses.get(fact.node) ?? node.address;
      const check = { ...fact.check, timeoutMs: Math.ceil(checkTimeoutMs(fact.check, intervalMs) / 2) };
      const answers = await Promise.all(
        asked.map(async (peer) => {
          const from = { node: nodeOf(config, peer), address };
          const { ok } = await ports.checks.run(check, { node, container: fact.container, signal: ports.signal, from });
          return ok ? [peer] : [];
        }),
      );
      return { ...fact, seenBy: answers.flat() };
    }),
  );
}

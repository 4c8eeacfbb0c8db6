import type { Config } from "../../../domain/config/types.ts";
import { type Generations, noGenerations } from "../../../domain/container/copies/generations.ts";
import { latestBelieved } from "../../../domain/container/copies/ownership.ts";
import type { NodeFacts } from "../../../domain/heartbeat/facts.ts";
import { noteGenerations } from "../../copies/generations.ts";
import type { HeartbeatPorts } from "../../ports.ts";
import { type OpenMoves, openMoves } from "../open-moves.ts";
import { gather, type HeartbeatLook, lookAtCluster } from "./look.ts";
import type { KnownNodes } from "./look-at-node.ts";

/** What a round has seen. */
export interface RoundLook extends HeartbeatLook {
  /** When it began to look. */
  readonly at: number;
  /** The nodes that neither this machine nor any other node reached. */
  readonly dead: ReadonlySet<string>;
  readonly open: OpenMoves;
  readonly generations: Generations;
}

/** How rounds see the cluster, with what they know of its nodes from each other. */
export interface RoundSight {
  /** Before the first look, as `gather` of looks. */
  gather(config: Config): Promise<void>;
  /** `remembers`: also the generations of copies that others have made. Rejects with interrupted and state-write-failed. */
  look(config: Config, options: { readonly remembers: boolean }): Promise<RoundLook>;
  /** The nodes that did not answer the last look. */
  silent(): ReadonlySet<string>;
}

export function openRoundSight(ports: HeartbeatPorts): RoundSight {
  const known: KnownNodes = { addresses: new Map(), boots: new WeakMap() };
  let silent: ReadonlySet<string> = new Set();
  return {
    gather: (config) => gather(ports, config, known),
    async look(config, { remembers }) {
      const at = ports.clock.monotonic();
      const { nodes, checks } = await lookAtCluster(ports, config, { intervalMs: config.heartbeat.intervalMs, known });
      silent = new Set(Object.keys(nodes).filter((name) => nodes[name]?.state === "silent"));
      const open = await openMoves(ports, config, nodes);
      const given = remembers ? await noteGenerations(ports, config, nodes) : await ports.generations.read();
      const generations = given ?? noGenerations;
      return {
        ...{ at, nodes, checks, dead: deadNodes(nodes), open },
        generations: { ...generations, latest: latestBelieved(ports.clock.now(), generations.last) },
      };
    },
    silent: () => silent,
  };
}

function deadNodes(nodes: Readonly<Record<string, NodeFacts>>): ReadonlySet<string> {
  const dead = Object.entries(nodes).filter(
    ([, facts]) => facts.state === "silent" && facts.seenBy.length === 0 && facts.missedBy.length > 0,
  );
  return new Set(dead.map(([name]) => name));
}

import { createHash } from "node:crypto";
import type { Config, ElasticSection } from "../../domain/config/types.ts";
import {
  containerDocument,
  type ContainerMeasure,
  type Measured,
  type MeasureOptions,
  nodeDocument,
} from "../../domain/elastic/measures.ts";
import type { StatsRow } from "../../domain/stats/rows.ts";
import { listNodes } from "../nodes.ts";
import type { Elastic, Ports } from "../ports.ts";
import { takeStats } from "../stats.ts";
import { containerStatus } from "../status.ts";

/** Measures are of the whole minute, so that of two controllers that take one at once it is there once. */
export const measureEveryMs = 60_000;

/**
 * Looks at every node once and stores what it and its containers use. A node that fails is a document, too. Rejects with
 * elasticsearch-failed; what could not be stored is not kept, since the next minute has newer numbers.
 */
export async function measure(
  ports: Ports,
  input: {
    readonly config: Config;
    readonly section: ElasticSection;
    readonly elastic: Elastic;
    readonly version: string;
  },
): Promise<void> {
  const { config, section, elastic, version } = input;
  const { nodes, placements, cluster } = config;
  const atMs = Math.floor(ports.clock.now() / measureEveryMs) * measureEveryMs;
  const agent = ports.actor.who.slice(ports.actor.who.lastIndexOf("@") + 1);
  const options: MeasureOptions = { atMs, dataset: section.dataset, cluster, agent, version };
  const [looked, found, used] = await Promise.all([
    listNodes(ports, { config, nodes }),
    containerStatus(ports, { config, placements, nodes }),
    takeStats(ports, { config, nodes, placements, strays: false }),
  ]);
  const { stats } = used.result;
  const knownOf = ({ container, node }: StatsRow): ContainerMeasure => {
    const known = found.result.containers.find((each) => each.container === container && each.node === node);
    return {
      wanted: known?.wanted == null ? null : known.wanted ? "running" : "none",
      health: known?.health ?? null,
      uptimeMs: known?.uptimeMs ?? null,
      restarts: known?.restarts ?? null,
    };
  };
  const documents = looked.result.nodes.flatMap((row): Measured[] => {
    const own = stats.filter((each) => each.node === row.node);
    return [
      nodeDocument(
        row,
        own.find((each) => each.container === undefined),
        options,
      ),
      ...own
        .filter((each) => each.container !== undefined)
        .map((each) => containerDocument(each, knownOf(each), { ...options, cpus: row.cpus })),
    ];
  });
  await elastic.store(
    documents.map(({ stream, key, body }) => {
      return {
        stream,
        id: createHash("sha256").update(key).digest("base64url").slice(0, 27),
        body: JSON.stringify(body),
      };
    }),
    ports.signal,
  );
}

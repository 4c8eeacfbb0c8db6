import type { Config } from "../config/types.ts";
import { generationOf, isOurs } from "../container/ownership.ts";
import type { ContainerFacts } from "../docker/facts.ts";
import { labels } from "../docker/labels.ts";
import { safety } from "../safety.ts";
import type { NodeFacts } from "./facts.ts";

export interface StaleCopy {
  readonly node: string;
  readonly container: string;
  readonly id: string;
  readonly generation: number;
}

/**
 * Copies of our containers on nodes where the layout no longer has them, while a copy with a greater generation is
 * where the layout wants it: what a node brings back that was dead during a failover. A copy without such a successor
 * is never stale, whatever the layout says: it may be the only one.
 */
export function staleCopies(config: Config, nodes: Readonly<Record<string, NodeFacts>>): readonly StaleCopy[] {
  if (!safety["generation-clean-up"]) return [];
  const copies = Object.entries(nodes).flatMap(([node, facts]) =>
    facts.state === "up"
      ? facts.containers
          .filter((each) => isOurs(each, config.cluster))
          .map((each) => ({ node, id: each.id, container: nameOf(each), generation: generationOf(each) }))
      : [],
  );
  const wanted = new Set(config.placements.map(({ container, node }) => `${container}@${node}`));
  const isWanted = (copy: StaleCopy): boolean => wanted.has(`${copy.container}@${copy.node}`);
  const newest = new Map<string, number>();
  for (const copy of copies.filter(isWanted)) {
    newest.set(copy.container, Math.max(newest.get(copy.container) ?? 0, copy.generation));
  }
  // A machine may stand in the config under two names.
  const wantedIds = new Set(copies.filter(isWanted).map((copy) => copy.id));
  return copies.filter(
    (copy) => !isWanted(copy) && !wantedIds.has(copy.id) && copy.generation < (newest.get(copy.container) ?? -Infinity),
  );
}

/** The name it has in the layout, also while it is put aside under another one. */
function nameOf(facts: ContainerFacts): string {
  return facts.labels[labels.container] ?? facts.name;
}

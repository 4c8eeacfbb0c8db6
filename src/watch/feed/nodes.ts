import { firstOf } from "../../abort.ts";
import type { Config, NodeSpec } from "../../domain/config/types.ts";
import { sameWay } from "../same-way.ts";
import type { Feed } from "./feed.ts";
import { type NodeFeedWatch, watchNode } from "./node.ts";

export interface NodeWatches {
  /** From now on these are the nodes; one that stays goes on being watched. */
  follow(config: Pick<Config, "nodes">): void;
  refresh(): Promise<void>;
  watchedOthers(): void;
  /** Resolves when all have ended, after the signal has aborted. Never rejects. */
  ended(): Promise<void>;
}

interface Watched extends NodeFeedWatch {
  readonly spec: NodeSpec;
  readonly stop: () => void;
}

/** The nodes that are watched, each on its own. */
export function openNodeWatches(feed: Feed): NodeWatches {
  const watches = new Map<string, Watched>();
  const running = new Set<Promise<void>>();
  const begin = (spec: NodeSpec): Watched => {
    const own = new AbortController();
    const either = firstOf([feed.ports.signal, own.signal]);
    const watch = watchNode({ ...feed, ports: { ...feed.ports, signal: either.signal }, node: spec });
    const run = watch.run().finally(() => {
      either.dispose();
      running.delete(run);
    });
    running.add(run);
    const stop = (): void => {
      own.abort(new Error(`${spec.name} is watched no longer`));
    };
    return { ...watch, spec, stop };
  };
  return {
    follow({ nodes }) {
      for (const [name, { spec, stop }] of watches) {
        const now = nodes.find((each) => each.name === name);
        if (now && sameWay(now, spec)) continue;
        stop();
        watches.delete(name);
      }
      for (const spec of nodes) if (!watches.has(spec.name)) watches.set(spec.name, begin(spec));
    },
    async refresh() {
      await Promise.all([...watches.values()].map((watch) => watch.refresh()));
    },
    watchedOthers() {
      for (const watch of watches.values()) watch.watchedOthers();
    },
    async ended() {
      await Promise.all(running);
    },
  };
}

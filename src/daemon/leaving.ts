import { lookBehind } from "../app/node/left-behind.ts";
import type { Ports } from "../app/ports.ts";
import { record } from "../app/kit/record.ts";
import type { Config } from "../domain/config/types.ts";

/**
 * To be called with the config of each turn. When its nodes have changed, and at first, those that have left are asked once
 * (3 s) whether our containers are still there, which is told (`node.left-behind`). Rejects with state-write-failed.
 */
export function watchLeaving(
  ports: Pick<Ports, "inhabited" | "engines" | "signal" | "clock" | "events" | "actor">,
): (config: Config) => Promise<void> {
  let known: Config | undefined;
  let told = new Set<string>();
  return async (config) => {
    const gone = known?.nodes ?? [];
    if (known && JSON.stringify(gone) === JSON.stringify(config.nodes)) return;
    known = config;
    const left = (await lookBehind(ports, { config, found: new Map(), gone })).map(({ node = "", message, hint }) => ({
      node,
      error: `${message} ${hint ?? ""}`,
    }));
    for (const { node, error } of left) {
      if (!told.has(error)) await record(ports, { type: "node.left-behind", node, error });
    }
    told = new Set(left.map(({ error }) => error));
  };
}

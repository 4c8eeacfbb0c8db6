import { takeStats, watchStats } from "../../app/stats.ts";
import { selectOnNodes } from "../../domain/select.ts";
import { onlyNodes } from "../common.ts";
import * as field from "../fields.ts";
import { operation } from "../operation.ts";

export const containerStats = operation(
  {
    id: "container.stats",
    command: "stats",
    args: ["container"],
    route: "GET /stats",
    role: "viewer",
    changes: false,
    summary: "Show what nodes and containers use: processor, memory, network.",
    button: "Stats",
    output: "stats",
    follows: "watch",
    input: {
      container: field.list("Containers: NAME, NAME@NODE or a glob; all of the layout when left out.", {
        names: "placement",
      }),
      node: onlyNodes,
      watch: field.seconds("Go on, every so many seconds: one object each, with `time`, `stats` and `failures`.", {
        min: 1,
        max: 3600,
      }),
    },
  },
  async ({ config, ports, rows }, { container, node, watch }): ReturnType<typeof watchStats> => {
    const { nodes, placements } = selectOnNodes(config, container, node);
    const named = container.length > 0;
    const wish = {
      config,
      // Who asks for containers asks for the nodes they are on.
      nodes: named ? nodes.filter(({ name }) => placements.some((each) => each.node === name)) : nodes,
      placements,
      strays: !named,
    };
    if (watch === undefined) return takeStats(ports, wish);
    return watchStats(ports, {
      ...wish,
      intervalMs: watch * 1000,
      onTick: async (tick) => {
        await rows.row(tick);
        await rows.idle();
      },
    });
  },
);

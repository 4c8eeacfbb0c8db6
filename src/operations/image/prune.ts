import { prune } from "../../app/prune.ts";
import { selectNodes } from "../../domain/select.ts";
import { pruneSummary } from "../../view/image/prune.ts";
import { allNodes, dryRun, meant, onlyNodes, wait } from "../common.ts";
import * as field from "../fields.ts";
import { operation } from "../operation.ts";

export const imagePrune = operation(
  {
    id: "image.prune",
    command: "prune",
    route: "POST /prune",
    role: "operator",
    changes: true,
    summary: "Remove unused images and stopped containers, never those of the layout.",
    button: "Clean up",
    subject: { kind: "node", field: "node" },
    asks: "With how much goes from how many nodes, before it is removed.",
    output: "prune",
    flags: { foreign: "all" },
    input: {
      node: onlyNodes,
      all: allNodes,
      foreign: field.flag("Also stopped containers that pictl did not make."),
      wait,
      dryRun,
      confirm: field.confirm(),
    },
  },
  ({ config, ports, ask }, input) =>
    prune(ports, {
      config,
      nodes: selectNodes(config, meant("node", input.node, input.all)),
      all: input.foreign,
      waitMs: input.wait * 1000,
      dryRun: input.dryRun,
      confirm: (leftovers) =>
        ask.confirm(
          `Remove ${pruneSummary(leftovers)}?`,
          "Say `dryRun: true` to see what would go, or `confirm: true` to remove it.",
        ),
    }),
);

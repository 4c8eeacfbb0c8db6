import { cordonNodes } from "../../app/node/cordon.ts";
import { selectNodes } from "../../domain/select.ts";
import { dryRun, someNodes } from "../common.ts";
import { operation } from "../operation.ts";

export const nodeUncordon = operation(
  {
    id: "node.uncordon",
    command: "node uncordon",
    args: ["node"],
    route: "POST /nodes/:node/uncordon",
    role: "operator",
    changes: true,
    summary: "Open nodes again that were cordoned or drained.",
    button: "Uncordon",
    subject: { kind: "node", field: "node" },
    output: "node uncordon",
    input: { node: someNodes, dryRun },
  },
  ({ config, store, ports }, input) =>
    cordonNodes(ports, { store, nodes: selectNodes(config, input.node), cordoned: false, dryRun: input.dryRun }),
);

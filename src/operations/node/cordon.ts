import { cordonNodes } from "../../app/node/cordon.ts";
import { selectNodes } from "../../domain/select.ts";
import { dryRun, someNodes } from "../common.ts";
import { operation } from "../operation.ts";

export const nodeCordon = operation(
  {
    id: "node.cordon",
    command: "node cordon",
    args: ["node"],
    route: "POST /nodes/:node/cordon",
    role: "operator",
    changes: true,
    summary: "Place nothing new on these nodes; what runs there goes on.",
    button: "Cordon",
    key: "C",
    subject: { kind: "node", field: "node" },
    output: "node cordon",
    input: { node: someNodes, dryRun },
  },
  ({ config, store, ports }, input) =>
    cordonNodes(ports, { store, nodes: selectNodes(config, input.node), cordoned: true, dryRun: input.dryRun }),
);

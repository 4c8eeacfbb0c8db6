import { listNodes } from "../../app/nodes.ts";
import { selectNodes } from "../../domain/select.ts";
import { nodes } from "../common.ts";
import { operation } from "../operation.ts";

export const nodeList = operation(
  {
    id: "node.list",
    command: "nodes",
    args: ["node"],
    route: "GET /nodes",
    role: "viewer",
    changes: false,
    summary: "Show every node: reachable or not, system, load, Docker, virtual IP.",
    button: "Nodes",
    output: "nodes",
    input: { node: nodes },
  },
  ({ config, ports }, input) => listNodes(ports, { config, nodes: selectNodes(config, input.node) }),
);

import { examineCluster } from "../../app/doctor.ts";
import { selectNodes } from "../../domain/select.ts";
import { nodes } from "../common.ts";
import { operation } from "../operation.ts";

export const nodeDoctor = operation(
  {
    id: "node.doctor",
    command: "doctor",
    args: ["node"],
    route: "GET /doctor",
    role: "viewer",
    changes: false,
    summary: "Check each node and this machine, with a remedy for whatever is not well.",
    button: "Doctor",
    subject: { kind: "node", field: "node" },
    output: "doctor",
    input: { node: nodes },
  },
  ({ config, store, ports, controller }, input) =>
    examineCluster(
      { ...ports, controller },
      { config, configPath: store.path, nodes: selectNodes(config, input.node) },
    ),
);

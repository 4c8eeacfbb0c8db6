import { drainNode } from "../../app/node/drain-node.ts";
import { drainQuestion } from "../../view/node/node.ts";
import * as common from "../common.ts";
import * as field from "../fields.ts";
import { operation } from "../operation.ts";

export const insteadOfDraining = "Say `confirm: true` to go on, or `copyVolumes: true` to copy what has a name, too.";

export const nodeDrain = operation(
  {
    id: "node.drain",
    command: "node drain",
    args: ["node"],
    route: "POST /nodes/:node/drain",
    role: "operator",
    changes: true,
    summary: "Cordon a node and move its containers to others, to work on it.",
    button: "Drain",
    subject: { kind: "node", field: "node" },
    asks: "With what goes where, and what data would stay behind.",
    output: "node drain",
    exclusive: [["checkTimeout", "noCheck"]],
    input: {
      node: field.words("The node, by its whole name.", { names: "node" }),
      copyVolumes: field.flag("Copy their volumes and folders, each while it is stopped."),
      checkTimeout: common.checkTimeout,
      noCheck: common.noCheck,
      grace: common.grace,
      wait: common.wait,
      dryRun: common.dryRun,
      confirm: field.confirm(),
    },
  },
  ({ config, store, ports, ask }, input) =>
    drainNode(ports, {
      store,
      config,
      name: input.node,
      copyVolumes: input.copyVolumes,
      ...common.patienceOf(input),
      graceSeconds: input.grace,
      waitMs: input.wait * 1000,
      dryRun: input.dryRun,
      confirm: (plan, keepers) => ask.confirm(drainQuestion(plan, { node: input.node, keepers }), insteadOfDraining),
    }),
);

import { moveContainer } from "../../app/move/index.ts";
import * as common from "../common.ts";
import * as field from "../fields.ts";
import { operation } from "../operation.ts";

export const containerMove = operation(
  {
    id: "container.move",
    command: "move",
    args: ["container", "node"],
    route: "POST /containers/:container/move",
    role: "operator",
    changes: true,
    summary: "Move a container to another node; a failure leaves it where it is.",
    button: "Move",
    key: "m",
    subject: { kind: "placement", field: "container" },
    asks: "Whether its data may stay behind, where it has some that is not copied.",
    output: "move",
    exclusive: [
      ["overlap", "copyVolumes"],
      ["checkTimeout", "noCheck"],
    ],
    input: {
      container: field.words("The container: NAME, or NAME@NODE where it is on several.", { names: "placement" }),
      node: field.words("The node to move it to.", { names: "node" }),
      overlap: field.flag("Start the new one before the old one stops: no gap, two copies for that moment."),
      copyVolumes: field.flag("Copy its volumes and folders, while it is stopped."),
      checkTimeout: common.checkTimeout,
      noCheck: common.noCheck,
      grace: common.grace,
      force: field.flag("Also to a node that is cordoned."),
      wait: common.wait,
      dryRun: common.dryRun,
      confirm: field.confirm(),
    },
  },
  ({ config, store, ports, ask }, input) =>
    moveContainer(ports, {
      config,
      store,
      name: input.container,
      to: input.node,
      force: input.force,
      overlap: input.overlap,
      copyVolumes: input.copyVolumes,
      mayLeaveData: async (question) =>
        input.dryRun ||
        ask.confirm(question, "Say `copyVolumes: true` to copy it, or `confirm: true` to leave it behind."),
      ...common.patienceOf(input),
      graceSeconds: input.grace,
      waitMs: input.wait * 1000,
      dryRun: input.dryRun,
    }),
);

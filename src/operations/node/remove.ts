import { removeDrainedNode } from "../../app/node/remove-drained.ts";
import { removeNode } from "../../app/node/remove.ts";
import { drainQuestion } from "../../view/node/node.ts";
import { nodeRemovalQuestion } from "../../view/questions.ts";
import * as common from "../common.ts";
import * as field from "../fields.ts";
import { operation } from "../operation.ts";
import { insteadOfDraining } from "./drain.ts";

export const nodeRemove = operation(
  {
    id: "node.remove",
    command: "node remove",
    args: ["node"],
    route: "DELETE /nodes/:node",
    role: "admin",
    changes: true,
    summary: "Take a node out of the config, with `move` once its containers are on others.",
    button: "Remove node",
    subject: { kind: "node", field: "node" },
    asks: "Before the config is changed; with `move`, with what goes where.",
    output: "node remove",
    exclusive: [
      ["force", "move"],
      ["checkTimeout", "noCheck"],
    ],
    needs: { copyVolumes: "move" },
    input: {
      node: field.words("The node, by its whole name.", { names: "node" }),
      force: field.flag("Also when containers are placed on it, or run there."),
      move: field.flag("Move its containers to other nodes first."),
      copyVolumes: field.flag("Copy their volumes and folders, each while it is stopped."),
      checkTimeout: common.checkTimeout,
      noCheck: common.noCheck,
      grace: common.grace,
      wait: common.wait,
      dryRun: common.dryRun,
      confirm: field.confirm(),
    },
  },
  ({ config, store, ports, ask }, input) => {
    const { node: name, dryRun } = input;
    if (!input.move) {
      return removeNode(ports, {
        store,
        config,
        name,
        force: input.force,
        dryRun,
        confirm: ({ placed }) =>
          ask.confirm(nodeRemovalQuestion(name, placed, store.path), "Say `confirm: true` to remove it."),
      });
    }
    return removeDrainedNode(ports, {
      store,
      config,
      name,
      copyVolumes: input.copyVolumes,
      ...common.patienceOf(input),
      graceSeconds: input.grace,
      waitMs: input.wait * 1000,
      dryRun,
      confirm: (plan, keepers) =>
        ask.confirm(drainQuestion(plan, { node: name, path: store.path, keepers }), insteadOfDraining),
    });
  },
);

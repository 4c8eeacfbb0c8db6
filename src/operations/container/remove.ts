import { removeContainer } from "../../app/container/remove.ts";
import { containerRemovalQuestion } from "../../view/questions.ts";
import * as common from "../common.ts";
import * as field from "../fields.ts";
import { operation } from "../operation.ts";

export const containerRemove = operation(
  {
    id: "container.remove",
    command: "container remove",
    args: ["container"],
    route: "DELETE /containers/:container",
    role: "admin",
    changes: true,
    summary: "Remove a container from its node and from the config.",
    button: "Remove",
    subject: { kind: "placement", field: "container" },
    asks: "Before anything is removed.",
    output: "container remove",
    input: {
      container: field.words("The container: NAME for all its instances, or NAME@NODE.", { names: "placement" }),
      keepRunning: field.flag("Change only the config; touch no node."),
      force: field.flag("Also when its node cannot be reached."),
      grace: common.grace,
      wait: common.wait,
      dryRun: common.dryRun,
      confirm: field.confirm(),
    },
  },
  ({ config, store, ports, ask }, input) =>
    removeContainer(ports, {
      store,
      config,
      target: input.container,
      keepRunning: input.keepRunning,
      force: input.force,
      graceSeconds: input.grace,
      waitMs: input.wait * 1000,
      dryRun: input.dryRun,
      confirm: (instances) =>
        ask.confirm(
          containerRemovalQuestion(instances, { path: store.path, keepRunning: input.keepRunning }),
          "Say `confirm: true` to remove without being asked.",
        ),
    }),
);

import { rollBack } from "../../app/history/rollback.ts";
import { editQuestion } from "../../view/questions.ts";
import * as common from "../common.ts";
import * as field from "../fields.ts";
import { operation } from "../operation.ts";

export const containerRollback = operation(
  {
    id: "container.rollback",
    command: "rollback",
    args: ["container"],
    route: "POST /containers/:container/rollback",
    role: "operator",
    changes: true,
    summary: "Go back to an earlier version of a container, which is on its nodes still.",
    button: "Roll back",
    subject: { kind: "placement", field: "container" },
    asks: "With the changes, before they are written.",
    output: "rollback",
    exclusive: [["checkTimeout", "noCheck"]],
    input: {
      container: field.words("The container: NAME for all its instances, or NAME@NODE.", { names: "placement" }),
      to: field.whole(
        "The generation to go back to, as `history` shows it; without it, the last good version before this one.",
        { min: 1, max: Number.MAX_SAFE_INTEGER },
      ),
      grace: common.grace,
      checkTimeout: common.checkTimeout,
      noCheck: common.noCheck,
      wait: common.wait,
      dryRun: common.dryRun,
      confirm: field.confirm(),
    },
  },
  ({ config, store, ports, ask }, input) =>
    rollBack(ports, {
      config,
      store,
      target: input.container,
      to: input.to,
      graceSeconds: input.grace,
      ...common.patienceOf(input),
      waitMs: input.wait * 1000,
      dryRun: input.dryRun,
      confirm: (changes) =>
        ask.confirm(
          editQuestion(changes, { container: input.container, path: store.path, runs: true }),
          "Say `confirm: true` to go back, or `dryRun: true` to see what would change.",
        ),
    }),
);

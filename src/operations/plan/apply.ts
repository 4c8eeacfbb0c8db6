import { applyConfig } from "../../app/plan/apply.ts";
import { refuseLeavingData } from "../../domain/plan/leaving.ts";
import { planOptions } from "../../domain/plan/options.ts";
import { planQuestion } from "../../view/container/plan.ts";
import * as common from "../common.ts";
import * as field from "../fields.ts";
import { operation } from "../operation.ts";
import { planFields, shownSteps } from "./fields.ts";

export const planApply = operation(
  {
    id: "plan.apply",
    command: "apply",
    args: ["container"],
    route: "POST /apply",
    role: "operator",
    changes: true,
    summary: "Make what runs on the nodes what the config says, after asking once.",
    button: "Apply",
    key: "a",
    subject: { kind: "placement", field: "container" },
    asks: "With how much is to be done, and what data would stay behind.",
    output: "apply",
    exclusive: [
      ["checkTimeout", "noCheck"],
      ["steps", "all"],
      ["steps", "container"],
    ],
    // A command reads them from a file.
    shows: () => ({ steps: undefined }),
    input: {
      container: common.placements,
      all: common.allContainers,
      steps: shownSteps,
      ...planFields,
      leaveData: field.flag("What moves may leave its data behind, also when `confirm: true` agrees to everything."),
      checkTimeout: common.checkTimeout,
      noCheck: common.noCheck,
      grace: common.grace,
      wait: common.wait,
      dryRun: common.dryRun,
      confirm: field.confirm(),
    },
  },
  ({ config, ports, store, ask }, input) => {
    const { noRemove, newest, copyVolumes, steps } = input;
    const wish = { removes: !noRemove, newest, copyVolumes };
    const names = steps ? [] : common.meant("container", input.container, input.all);
    return applyConfig(ports, {
      config,
      store,
      ...planOptions(config, names, wish),
      ...(steps ? { saved: { ...wish, cluster: config.cluster, steps } } : {}),
      graceSeconds: input.grace,
      ...common.patienceOf(input),
      waitMs: input.wait * 1000,
      dryRun: input.dryRun,
      confirm: async ({ steps }) => {
        if (input.confirm === true && !input.leaveData) {
          refuseLeavingData(steps, "Say `copyVolumes: true` to copy what has a name, or `leaveData: true`.");
        }
        return ask.confirm(planQuestion(steps), "Look at GET /plan, or say `dryRun: true`; `confirm: true` does it.");
      },
    });
  },
);

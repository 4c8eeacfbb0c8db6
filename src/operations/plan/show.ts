import { planCluster } from "../../app/plan/index.ts";
import { planOptions } from "../../domain/plan/options.ts";
import * as field from "../fields.ts";
import { operation } from "../operation.ts";
import { planFields } from "./fields.ts";

export const planShow = operation(
  {
    id: "plan.show",
    command: "plan",
    args: ["container"],
    route: "GET /plan",
    role: "viewer",
    changes: false,
    summary: "Show what `apply` would do, and touch nothing.",
    button: "Plan",
    output: "plan",
    input: {
      container: field.list("Containers: NAME, NAME@NODE or a glob; all of the layout when left out.", {
        names: "placement",
      }),
      ...planFields,
    },
  },
  ({ config, ports }, { container, noRemove, newest, copyVolumes }) =>
    planCluster(ports, {
      config,
      ...planOptions(config, container, { removes: !noRemove, newest, copyVolumes }),
      detailed: false,
    }),
);

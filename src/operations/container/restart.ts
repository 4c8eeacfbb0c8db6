import { grace } from "../common.ts";
import * as field from "../fields.ts";
import { operation } from "../operation.ts";
import { changeLifecycle, lifecycleFields } from "./lifecycle.ts";

export const containerRestart = operation(
  {
    id: "container.restart",
    command: "restart",
    args: ["container"],
    route: "POST /containers/actions/restart",
    role: "operator",
    changes: true,
    summary: "Restart containers.",
    button: "Restart",
    key: "r",
    subject: { kind: "placement", field: "container" },
    asks: "Before all containers are restarted.",
    output: "restart",
    input: { ...lifecycleFields, grace, confirm: field.confirm() },
  },
  (context, input) => changeLifecycle(context, "restart", input, input.all),
);

import { grace } from "../common.ts";
import * as field from "../fields.ts";
import { operation } from "../operation.ts";
import { changeLifecycle, lifecycleFields } from "./lifecycle.ts";

export const containerStop = operation(
  {
    id: "container.stop",
    command: "stop",
    args: ["container"],
    route: "POST /containers/actions/stop",
    role: "operator",
    changes: true,
    summary: "Stop running containers; they stay so until they are started.",
    button: "Stop",
    key: "S",
    subject: { kind: "placement", field: "container" },
    asks: "Before all containers are stopped.",
    output: "stop",
    input: { ...lifecycleFields, grace, confirm: field.confirm() },
  },
  (context, input) => changeLifecycle(context, "stop", input, input.all),
);

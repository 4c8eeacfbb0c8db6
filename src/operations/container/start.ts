import { operation } from "../operation.ts";
import { changeLifecycle, lifecycleFields } from "./lifecycle.ts";

export const containerStart = operation(
  {
    id: "container.start",
    command: "start",
    args: ["container"],
    route: "POST /containers/actions/start",
    role: "operator",
    changes: true,
    summary: "Start containers that are stopped.",
    button: "Start",
    key: "s",
    subject: { kind: "placement", field: "container" },
    output: "start",
    input: lifecycleFields,
  },
  (context, input) => changeLifecycle(context, "start", input, false),
);

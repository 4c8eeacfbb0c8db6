import { grace } from "../common.ts";
import * as field from "../fields.ts";
import { operation } from "../operation.ts";
import { changeLifecycle, lifecycleFields } from "./lifecycle.ts";

export const containerDelete = operation(
  {
    id: "container.delete",
    command: "delete",
    args: ["container"],
    route: "POST /containers/actions/delete",
    role: "operator",
    changes: true,
    summary: "Remove containers from their nodes; layout, images and volumes stay.",
    button: "Delete",
    key: "D",
    subject: { kind: "placement", field: "container" },
    asks: "Before anything is deleted.",
    output: "delete",
    input: { ...lifecycleFields, grace, confirm: field.confirm() },
  },
  (context, input) => changeLifecycle(context, "delete", input, true),
);

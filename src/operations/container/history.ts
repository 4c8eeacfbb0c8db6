import { placementHistory } from "../../app/history/index.ts";
import * as field from "../fields.ts";
import { operation } from "../operation.ts";

export const containerHistory = operation(
  {
    id: "container.history",
    command: "history",
    args: ["container"],
    route: "GET /containers/:container/history",
    role: "viewer",
    changes: false,
    summary: "Show what was put in place of a container, when and by whom.",
    button: "History",
    subject: { kind: "placement", field: "container" },
    output: "history",
    input: {
      container: field.words("The container: NAME, or NAME@NODE for one of its copies.", { names: "placement" }),
    },
  },
  ({ config, ports }, { container }) => placementHistory(ports, { config, target: container }),
);

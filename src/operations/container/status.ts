import { containerStatus } from "../../app/status.ts";
import { selectOnNodes } from "../../domain/select.ts";
import { onlyNodes } from "../common.ts";
import * as field from "../fields.ts";
import { operation } from "../operation.ts";

export const containerStatusLook = operation(
  {
    id: "container.status",
    command: "status",
    args: ["container"],
    route: "GET /containers",
    role: "viewer",
    changes: false,
    summary: "Compare wanted with actual, per container.",
    button: "Status",
    output: "status",
    input: {
      container: field.list("Containers: NAME, NAME@NODE or a glob; all of the layout when left out.", {
        names: "placement",
      }),
      node: onlyNodes,
    },
  },
  ({ config, ports }, input) => {
    const { nodes, placements } = selectOnNodes(config, input.container, input.node);
    return containerStatus(ports, {
      config,
      placements,
      nodes,
      // Who asks for one container asks for all its copies, and for no others.
      names: input.container.length === 0 ? undefined : [...new Set(placements.map(({ container }) => container))],
    });
  },
);

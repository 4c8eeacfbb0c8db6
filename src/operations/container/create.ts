import { createContainers } from "../../app/create.ts";
import { selectPlacements } from "../../domain/select.ts";
import * as common from "../common.ts";
import * as field from "../fields.ts";
import { operation } from "../operation.ts";

export const containerCreate = operation(
  {
    id: "container.create",
    command: "create",
    args: ["container"],
    route: "POST /containers/actions/create",
    role: "operator",
    changes: true,
    summary: "Make containers run: build what is missing, then run what is not there.",
    button: "Create",
    key: "c",
    subject: { kind: "placement", field: "container" },
    output: "create",
    exclusive: [["checkTimeout", "noCheck"]],
    input: {
      container: common.placements,
      all: common.allContainers,
      recreate: field.flag("Replace containers that are there already."),
      grace: common.grace,
      checkTimeout: common.checkTimeout,
      noCheck: common.noCheck,
      wait: common.wait,
      dryRun: common.dryRun,
    },
  },
  ({ config, ports }, input) =>
    createContainers(ports, {
      config,
      placements: selectPlacements(config, common.meant("container", input.container, input.all)),
      recreate: input.recreate ? "everything" : "nothing",
      graceSeconds: input.grace,
      ...common.patienceOf(input),
      waitMs: input.wait * 1000,
      dryRun: input.dryRun,
      leaveStopped: input.all,
    }),
);

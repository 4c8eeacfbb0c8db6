import { readLogs } from "../../app/logs/index.ts";
import { selectOnNodes } from "../../domain/select.ts";
import { parseMoment } from "../../domain/time.ts";
import { logNotices } from "../../view/container/logs.ts";
import { grepOf, grep, moment, onlyNodes } from "../common.ts";
import * as field from "../fields.ts";
import { operation } from "../operation.ts";

export const containerLogs = operation(
  {
    id: "container.logs",
    command: "logs",
    args: ["container"],
    route: "GET /logs",
    role: "viewer",
    changes: false,
    summary: "Show the logs of containers from all their nodes, merged by time.",
    button: "Logs",
    key: "L",
    subject: { kind: "placement", field: "container" },
    output: "logs",
    streams: "lines",
    follows: "follow",
    input: {
      container: field.list("Containers: NAME, NAME@NODE or a glob; all of the layout when left out.", {
        names: "placement",
      }),
      node: onlyNodes,
      follow: field.flag("Go on with what comes, until the containers have ended."),
      since: moment,
      tail: field.whole("Only the last so many lines of each container; with `grep`, the last that match.", {
        min: 0,
        max: 1_000_000,
      }),
      grep,
    },
  },
  ({ config, ports, rows }, input) =>
    readLogs(ports, {
      config,
      select: (latest) => selectOnNodes(latest, input.container, input.node).placements,
      follow: input.follow,
      tail: input.tail,
      sinceMs: input.since === undefined ? undefined : parseMoment(input.since, ports.clock.now()),
      grep: grepOf(input),
      random: ports.random,
      output: {
        line: (row) => rows.row(row),
        idle: () => rows.idle(),
        ...logNotices((text) => {
          ports.progress.warn(text);
        }),
      },
    }),
);

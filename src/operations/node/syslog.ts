import { readSyslog } from "../../app/syslog.ts";
import { selectNodes } from "../../domain/select.ts";
import { onlyNodes } from "../common.ts";
import * as field from "../fields.ts";
import { operation } from "../operation.ts";
import { filterFields, filterOf } from "./lines.ts";

export const nodeSyslog = operation(
  {
    id: "node.syslog",
    command: "syslog",
    route: "GET /syslog",
    role: "operator",
    changes: false,
    summary: "Show the system log of the nodes.",
    button: "System log",
    subject: { kind: "node", field: "node" },
    output: "syslog",
    streams: "lines",
    input: {
      node: onlyNodes,
      ...filterFields,
      tail: field.whole("Only the last so many lines of each node that pass the filters.", { min: 0, max: 1_000_000 }),
      sudo: field.flag("Run as root, through sudo where the login is not root."),
    },
  },
  ({ config, ports, rows }, input) =>
    readSyslog(ports, {
      config,
      nodes: selectNodes(config, input.node),
      filter: filterOf(input),
      tail: input.tail,
      sudo: input.sudo,
      onLine: (row) => rows.row(row),
      onIdle: () => rows.idle(),
    }),
);

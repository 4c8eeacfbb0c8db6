import { analyseRsyslog } from "../../app/rsyslog.ts";
import { parseMoment } from "../../domain/time.ts";
import { moment } from "../common.ts";
import * as field from "../fields.ts";
import { operation } from "../operation.ts";
import { filterFields, filterOf } from "./lines.ts";

export const nodeRsyslog = operation(
  {
    id: "node.rsyslog",
    command: "rsyslog",
    route: "GET /rsyslog",
    role: "operator",
    changes: false,
    summary: "Count what is in the rsyslog file: hosts, severities, programs, messages.",
    button: "Rsyslog",
    output: "rsyslog",
    input: {
      ...filterFields,
      since: moment,
      top: field.wholeOr(10, "How many hosts, programs and messages to show.", { min: 1, max: 1000 }),
      sudo: field.flag("Run as root, through sudo where the login is not root."),
    },
  },
  ({ config, ports }, input) =>
    analyseRsyslog(ports, {
      config,
      filter: filterOf(input),
      sinceMs: input.since === undefined ? undefined : parseMoment(input.since, ports.clock.now()),
      top: input.top,
      sudo: input.sudo,
    }),
);

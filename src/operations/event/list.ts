import { readLog } from "../../app/log.ts";
import { parseMoment } from "../../domain/time.ts";
import { moment } from "../common.ts";
import * as field from "../fields.ts";
import { operation } from "../operation.ts";

export const eventList = operation(
  {
    id: "event.list",
    command: "log",
    route: "GET /events",
    role: "viewer",
    changes: false,
    summary: "Show what pictl did: its own event log.",
    button: "Events",
    output: "log",
    streams: "events",
    follows: "follow",
    repairs: true,
    input: {
      follow: field.flag("Go on with what happens."),
      since: moment,
      important: field.flag(
        "Leave out what is routine, and what only says again what was said: a check that still fails.",
      ),
      tail: field.whole("Only the last so many events.", { min: 0, max: 1_000_000 }),
      type: field.list("Only these types: container.created, container, a glob."),
      node: field.list("Only events of these nodes, which need not be in the config any more: a name or a glob.", {
        names: "node",
      }),
      container: field.list("Only events of these containers: a name or a glob.", { names: "container" }),
    },
  },
  ({ ports, rows }, input) =>
    readLog(ports.events, {
      follow: input.follow,
      important: input.important,
      sinceMs: input.since === undefined ? undefined : parseMoment(input.since, ports.clock.now()),
      tail: input.tail,
      types: input.type,
      nodes: input.node,
      containers: input.container,
      signal: ports.signal,
      output: { event: (event) => rows.row(event), idle: () => rows.idle() },
    }),
);

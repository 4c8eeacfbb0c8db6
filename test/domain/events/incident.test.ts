import { expect, test } from "vitest";
import type { PictlEvent } from "../../../src/domain/events/event.ts";
import { type Incidents, understand } from "../../../src/domain/events/incident.ts";

type Parts = Partial<PictlEvent> & { readonly type: string };

function meanings(...events: readonly Parts[]): string[] {
  let incidents: Incidents = {};
  return events.map((event) => {
    const understood = understand(incidents, { time: "2026-01-31T10:00:00.000Z", who: "root@here", ...event });
    incidents = understood.incidents;
    return understood.meaning;
  });
}

const web = { container: "web", node: "n1" };
const failed = { type: "heartbeat.failed", ...web, error: "no answer" };
const recovered = { type: "heartbeat.recovered", ...web };

test.each<[string, readonly Parts[], string]>([
  [
    "a check fails, is restarted for it again and again, and comes back",
    [
      failed,
      { type: "container.restarted", ...web },
      { ...failed, error: "connection refused" },
      { type: "container.restarted", ...web },
      recovered,
      failed,
      { type: "container.restarted", ...web },
    ],
    "begins once repeats repeats ends begins once",
  ],
  [
    "two nodes, each by itself",
    [
      { type: "node.silent", node: "n1", error: "x" },
      { type: "node.silent", node: "n2", error: "x" },
      { type: "node.up", node: "n1" },
      { type: "node.silent", node: "n2", error: "x" },
      { type: "node.up", node: "n2" },
    ],
    "begins begins ends repeats ends",
  ],
  [
    "a node that is silent, and then refuses us",
    [
      { type: "node.silent", node: "n1", error: "x" },
      { type: "node.refused", node: "n1", error: "y" },
      { type: "node.up", node: "n1" },
    ],
    "begins begins ends",
  ],
  ["a node that was never away", [{ type: "node.up", node: "n1" }], "once"],
  [
    "a failover ends the check on the node it left",
    [failed, { type: "container.failed-over", container: "web", node: "n2", before: "n1", after: "n2" }, failed],
    "begins ends begins",
  ],
  [
    "what a person did and failed is news when it fails otherwise",
    [
      { type: "container.create-failed", ...web, error: "no image" },
      { type: "container.create-failed", ...web, error: "no image" },
      { type: "container.create-failed", ...web, error: "port taken" },
      { type: "container.created", ...web },
      { type: "container.create-failed", ...web, error: "port taken" },
    ],
    "begins repeats begins ends begins",
  ],
  ["hooks that succeed are routine", [{ type: "hook.run", after: { hook: "on_move" } }], "routine"],
  [
    "a hook that failed and succeeds again is none",
    [
      { type: "hook.failed", after: { hook: "on_move" }, error: "HTTP 503" },
      { type: "hook.run", after: { hook: "on_failover" } },
      { type: "hook.run", after: { hook: "on_move" } },
    ],
    "begins routine ends",
  ],
  ["what was asked for is told each time", [{ type: "command.executed" }, { type: "command.executed" }], "once once"],
  [
    "a config that is broken twice in different ways",
    [
      { type: "config.refused", error: "a" },
      { type: "config.refused", error: "b" },
      { type: "config.reloaded" },
      { type: "config.reloaded" },
    ],
    "begins begins ends once",
  ],
  [
    "a virtual IP without a node, and with one again",
    [
      { type: "vip.waiting", vip: "10.0.0.9", error: "a" },
      { type: "vip.moved", vip: "10.0.0.9", before: null, after: "n1" },
    ],
    "begins ends",
  ],
])("%s", (_what, events, expected) => {
  expect(meanings(...events).join(" ")).toBe(expected);
});

test("what has ended tells since when it went on, and what it was", () => {
  const first = understand({}, { ...failed, time: "2026-01-31T10:00:00.000Z", who: "" });
  const again = understand(first.incidents, { ...failed, error: "else", time: "2026-01-31T10:01:00.000Z", who: "" });
  const last = understand(again.incidents, { ...recovered, time: "2026-01-31T10:02:00.000Z", who: "" });
  expect(last.ended).toEqual([
    {
      subject: "check web@n1",
      since: "2026-01-31T10:00:00.000Z",
      type: "heartbeat.failed",
      error: "no answer",
      done: [],
    },
  ]);
  expect(last.incidents).toEqual({});
});

test("what never ends is forgotten at last", () => {
  let incidents: Incidents = {};
  for (let node = 0; node < 510; node += 1) {
    const event = { type: "node.silent", node: `n${String(node)}`, time: "2026-01-31T10:00:00.000Z", who: "" };
    ({ incidents } = understand(incidents, event));
  }
  expect(Object.keys(incidents)).toHaveLength(500);
  expect(incidents["node n0"]).toBeUndefined();
});

test("images that cannot be pulled are told apart, and each ends by itself", () => {
  const at = { time: "2026-01-31T10:00:00.000Z", who: "me", node: "n1" };
  const failed = (image: string) => ({ ...at, type: "image.pull-failed", after: { image }, error: "no route" });
  const first = understand({}, failed("redis:7"));
  const second = understand(first.incidents, failed("app:1"));
  expect([first.meaning, second.meaning]).toEqual(["begins", "begins"]);
  const pulled = understand(second.incidents, { ...at, type: "image.pulled", after: { image: "app:1" } });
  expect([pulled.meaning, Object.keys(pulled.incidents)]).toEqual(["ends", ["image.pull-failed redis:7@n1"]]);
});

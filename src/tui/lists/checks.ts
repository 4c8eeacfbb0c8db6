import { failoverCandidates } from "../../watch/candidates.ts";
import type { LiveCheck, Model } from "../../watch/model.ts";
import { duration, localTime } from "../../view/text/units.ts";
import { type Fact, listView, type Row, type RowSight } from "./list.ts";
import { since, withoutName } from "./words.ts";

interface CheckLine extends Row {
  readonly check: LiveCheck;
}

function rows(model: Model): readonly CheckLine[] {
  return model.heartbeat.checks.map((check): CheckLine => {
    const { container, node, key, kind } = check;
    return { id: `${key} ${kind}`, subject: { kind: "container", container, node }, check };
  });
}

export const checks = listView<CheckLine>({
  rows,
  text: ({ check }) => `${check.key} ${check.kind} ${check.message ?? ""}`.toLowerCase(),
  labels: ({ check }, model) => model.nodes.get(check.node)?.spec.labels ?? {},
  empty: (model) =>
    model.config.config.heartbeat.checks.length === 0
      ? "The config has no check (`hb`). `:container edit NAME --hb PORT` adds one."
      : "No round has been made yet. `H` makes one now; `pictl daemon` makes them all the time.",
  columns: [
    {
      title: "",
      value: ({ check }) => (check.failures > 0 ? "✗" : "●"),
      tone: ({ check }) => (check.failures > 0 ? "bad" : "good"),
      min: 1,
      max: 1,
      rank: 0,
    },
    {
      title: "CONTAINER",
      value: ({ check }) => check.container,
      min: 10,
      max: 28,
      rank: 0,
      sort: ({ check }) => check.container,
    },
    { title: "NODE", value: ({ check }) => check.node, min: 6, max: 16, rank: 0, sort: ({ check }) => check.node },
    { title: "CHECK", value: ({ check }) => check.kind, min: 5, max: 10, rank: 2, sort: ({ check }) => check.kind },
    {
      title: "RESULT",
      value: ({ check }) => (check.failures > 0 ? `fails ×${check.failures}` : "ok"),
      tone: ({ check }) => (check.failures > 0 ? "bad" : "good"),
      min: 9,
      max: 10,
      rank: 0,
      sort: ({ check }) => -check.failures,
    },
    {
      title: "RESTARTS",
      value: ({ check }) => (check.restarts > 0 ? String(check.restarts) : "-"),
      align: "right",
      min: 8,
      max: 8,
      rank: 3,
      sort: ({ check }) => -check.restarts,
    },
    { title: "NEXT", value: (row, sight) => nextStep(row.check, sight.model), min: 12, max: 34, rank: 2 },
    { title: "SEEN", value: ({ check }) => check.message ?? "", tone: () => "bad", min: 12, max: 70, rank: 1 },
  ],
  tabs: [{ title: "Details", lines: details }],
});

/** What the daemon has decided on; where none tells, what one does when the check goes on failing. */
function nextStep({ failures, container, node, decision }: LiveCheck, model: Model): string {
  const { config } = model.config;
  if (failures === 0 && decision === null) return "-";
  const open = model.moves.open.find((move) => move.container === container && move.from === node);
  if (open) return `moving to ${open.to}`;
  if (decision !== null) return decision;
  const movable = config.constraints.some((row) => row.container === container);
  const left = config.heartbeat.failoverAfter - failures;
  if (!movable) return "restart it; it may not move";
  return left > 0 ? `move it after ${left} more` : "move it";
}

function details({ check }: CheckLine, { model, nowMs }: RowSight): readonly Fact[] {
  const { heartbeat, config } = model;
  const hosts = config.config.constraints.find((row) => row.container === check.container)?.hosts;
  const moves = heartbeat.failovers.filter((move) => move.container === check.container).slice(-5);
  return [
    {
      name: "result",
      value: check.failures > 0 ? `fails, ${check.failures} in a row` : "ok",
      tone: check.failures > 0 ? "bad" : "good",
    },
    ...(check.message === null ? [] : [{ text: check.message, tone: "bad" } as const]),
    { name: "check", value: check.kind },
    { name: "next", value: nextStep(check, model) },
    {
      name: "restarts",
      value:
        check.restarts === 0
          ? "none since it last succeeded"
          : `${check.restarts}, the last one ${since(check.lastRestartAtMs, nowMs)} ago`,
    },
    ...(check.trouble === null ? [] : [{ text: check.trouble, tone: "bad" } as const]),
    { heading: "may go to" },
    ...(hosts ? [] : [{ text: "Nowhere: no row of `container_host_constraints` is about it." }]),
    ...failoverCandidates(model, check).map(({ node, reason }): Fact => {
      if (reason === null) return { name: node, value: "● can take it", tone: "good" };
      return { name: node, value: `✗ ${withoutName(reason, node)}`, tone: "warn" };
    }),
    { heading: "moved by the daemon" },
    ...(moves.length === 0
      ? [{ text: "Never, as far as it remembers." }]
      : moves.map((move) => ({
          name: localTime(new Date(move.at).toISOString()).slice(5),
          value: move.moved ? `away from ${move.from}` : `could not leave ${move.from}`,
        }))),
    { heading: "rounds" },
    { name: "last", value: heartbeat.lastRoundAtMs === null ? "none" : `${since(heartbeat.lastRoundAtMs, nowMs)} ago` },
    {
      name: "every",
      value: config.config.heartbeat.automatic
        ? duration(config.config.heartbeat.intervalMs)
        : "never (`automatic_heartbeat` is off)",
    },
  ];
}

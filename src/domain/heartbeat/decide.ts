import type { Config } from "../config/types.ts";
import { isOurs } from "../container/copies/ownership.ts";
import { decideCheck } from "./checks/decide-check.ts";
import { failingChanges } from "./checks/failing.ts";
import type { Decision } from "./decision.ts";
import { type DecisionDraft, checkRow, tellOnce } from "./draft.ts";
import { keyOf, type RoundFacts } from "./facts.ts";
import { type Memory, type NodeMemory, withoutCounts } from "./memory.ts";
import { isolation } from "./safeguards/isolation.ts";
import { leftAlone, rememberStopped } from "./safeguards/left-alone.ts";
import { memoryOfMovesMs } from "./safeguards/limits.ts";
import { rememberVolumes } from "./safeguards/local-data.ts";
import { staleCopies, type StaleCopy, undatedCopies, unknownCopies } from "./stale.ts";

/**
 * What follows from one round: which containers to restart, to move away from a failing node, to clean up. Pure: all
 * of the heartbeat's rules are here and in what this calls, and a simulation can run it a million times.
 */
export function decide(config: Config, before: Memory, round: RoundFacts): Decision {
  if (round.stalled) return unbelieved(before, round);
  const isolated = isolation(before, round.nodes, round.at);
  const memory: Memory = {
    ...before,
    lastRoundAt: round.at,
    isolated,
    nodes: rememberNodes(before.nodes, round),
    volumes: rememberVolumes(before.volumes, config, round),
    stopped: rememberStopped(before.stopped, config, round),
    moves: before.moves.filter((move) => round.at - move.at <= memoryOfMovesMs),
  };
  const draft: DecisionDraft = {
    config,
    round,
    before,
    memory,
    trials: {},
    told: {},
    actions: [],
    events: [],
    rows: [],
    states: [],
  };
  tellOfNodes(draft);
  if (isolated) return frozen(draft);
  if (before.isolated) draft.events.push({ type: "controller.rejoined" });
  cleanUp(draft);
  tellUndated(draft);
  for (const check of round.checks) decideCheck(draft, check);
  autostart(draft);
  return finished(draft);
}

function finished({ before, memory, trials, told, actions, events, rows, states }: DecisionDraft): Decision {
  const { failing, changes } = failingChanges(before.failing, states);
  return { memory: { ...memory, trials, told, failing }, actions, events, rows, changes };
}

/**
 * A process that stood still saw every deadline pass at once when it went on: what it believes to have seen is not
 * true, and what it counted before is too old.
 */
function unbelieved(before: Memory, round: RoundFacts): Decision {
  return {
    memory: { ...withoutCounts(before), lastRoundAt: round.at },
    actions: [],
    events: [{ type: "heartbeat.restarted", error: "this process stood still for a while; counting begins anew" }],
    rows: round.checks.map((check) =>
      checkRow(check, { failures: 0, decision: check.ok ? "" : "nothing: this process stood still for a while" }),
    ),
    changes: [],
  };
}

function frozen(draft: DecisionDraft): Decision {
  const { before, round, memory, events, rows } = draft;
  if (!before.isolated) {
    const silent = Object.entries(round.nodes).filter(([, facts]) => facts.state === "silent");
    events.push({
      type: "controller.isolated",
      error: `${silent.map(([name]) => name).join(", ")} of ${String(Object.keys(round.nodes).length)} nodes do not answer, which looks like a fault of this machine's network: nothing is done until two rounds are clean`,
    });
  }
  for (const check of round.checks) {
    rows.push(checkRow(check, { failures: 0, decision: check.ok ? "" : "nothing: this machine seems to be cut off" }));
  }
  // What was counted before says nothing about the nodes.
  return { memory: { ...memory, trials: {} }, actions: [], events, rows, changes: [] };
}

function rememberNodes(before: Memory["nodes"], round: RoundFacts): Memory["nodes"] {
  return Object.fromEntries(
    Object.entries(round.nodes).map(([name, facts]): [string, NodeMemory] => {
      const known = before[name];
      const bootId = "bootId" in facts ? facts.bootId : (known?.bootId ?? null);
      const since = known?.state === facts.state ? known.since : round.at;
      return [name, { state: facts.state, since, bootId }];
    }),
  );
}

const nodeEvents = {
  up: "node.up",
  silent: "node.silent",
  refused: "node.refused",
  "docker-silent": "node.docker-silent",
} as const;

function tellOfNodes({ before, round, events }: DecisionDraft): void {
  for (const [node, facts] of Object.entries(round.nodes)) {
    const was = before.nodes[node]?.state;
    if (was === facts.state || (was === undefined && facts.state === "up")) continue;
    events.push({
      type: nodeEvents[facts.state],
      node,
      ...(facts.state === "up" ? {} : { error: facts.message }),
    });
  }
}

function cleanUp(draft: DecisionDraft): void {
  const { config, round, actions } = draft;
  for (const copy of staleCopies(config, round.nodes, round.generations)) {
    if (round.busy.has(copy.container)) continue;
    actions.push({ do: "clean-up", ...copy, cause: causes[copy.why] });
  }
  for (const { container, node, generation } of unknownCopies(config, round.nodes, round.generations)) {
    if (round.busy.has(container)) continue;
    tellOnce(draft, `${keyOf({ container, node })} unknown`, String(generation), {
      type: "heartbeat.unknown-copy",
      node,
      container,
      error:
        "a copy is here that is newer than the one where the layout has it, and this layout never had it: that may be the older of two, so nothing is removed; add the copy to the layout, or remove it",
    });
  }
}

/** One whose label was lost or forged may be the only good one, and must not make others go. */
function tellUndated(draft: DecisionDraft): void {
  const { config, round } = draft;
  for (const { container, node, id } of undatedCopies(config, round.nodes, round.generations)) {
    tellOnce(draft, `${keyOf({ container, node })} undated`, id, {
      type: "heartbeat.unknown-copy",
      node,
      container,
      error:
        "the generation in this copy's label is none that was ever given, so that nobody knows whether it is the older one: it is left alone, and makes no other go; remove it, or `pictl create --recreate` it where the layout has it",
    });
  }
}

const causes: Readonly<Record<StaleCopy["why"], string>> = {
  older: "a newer copy is where the layout wants it",
  left: "the layout had it there before, and it runs where the layout has it now",
  outlived: "the layout has left it, and newer copies run",
};

/** A node that came back, or is seen for the first time, gets what it should run: only its own, only when asked for. */
function autostart(draft: DecisionDraft): void {
  const { config, round, before, actions } = draft;
  if (!config.autostartContainers) return;
  const handled = new Set(actions.map((each) => each.container));
  for (const { container, node } of config.placements) {
    const facts = round.nodes[node];
    if (facts?.state !== "up" || handled.has(container) || round.busy.has(container)) continue;
    const known = before.nodes[node];
    const cameBack = known === undefined || known.state === "silent" || known.bootId !== facts.bootId;
    if (!cameBack) continue;
    const found = facts.containers.find((each) => each.name === container);
    if (found?.state === "running" || (found && !isOurs(found, config.cluster))) continue;
    if (leftAlone(config, draft.memory, round, { container, node })) continue;
    actions.push({ do: found ? "start" : "create", container, node, cause: `autostart: ${node} is there` });
  }
}

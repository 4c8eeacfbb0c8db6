import type { Config } from "../config/types.ts";
import { isOurs } from "../container/copies/ownership.ts";
import { safety } from "../safety.ts";
import { type CheckFact, keyOf, type NodeFacts, type RoundFacts, type WantedMove } from "./facts.ts";
import { type CheckState, failingChanges, type FailingChange } from "./checks/failing.ts";
import { isolation } from "./safeguards/isolation.ts";
import { type LeftAlone, leftAlone, rememberStopped } from "./safeguards/left-alone.ts";
import { dataLeftBehind, rememberVolumes } from "./safeguards/local-data.ts";
import { forbiddenBy, memoryOfMovesMs } from "./safeguards/limits.ts";
import { freshTrial, type Memory, type NodeMemory, type Trial, withoutCounts } from "./memory.ts";
import { mayRestart } from "./checks/pauses.ts";
import { stillStarting } from "./checks/starting.ts";
import { staleCopies, type StaleCopy, undatedCopies, unknownCopies } from "./stale.ts";
import { type Verdict, verdict } from "./checks/verdict.ts";

/** What a round asks to be done. Each is about one container and safe to repeat. */
export type Action =
  | ({ readonly do: "clean-up"; readonly cause: string } & StaleCopy)
  | {
      readonly do: "start" | "restart" | "create";
      readonly container: string;
      readonly node: string;
      readonly cause: string;
    }
  | ({ readonly do: "fail-over"; readonly hosts: readonly string[]; readonly cause: string } & WantedMove);

export type FailOverAction = Extract<Action, { do: "fail-over" }>;

export interface DecidedEvent {
  readonly type: string;
  readonly node?: string;
  readonly container?: string;
  readonly after?: unknown;
  readonly error?: string;
}

/** One check of the round, for people. */
export interface CheckRow extends Pick<CheckFact, "container" | "node" | "ok" | "message" | "durationMs"> {
  readonly kind: string;
  /** Consecutive failures, this one included. */
  readonly failures: number;
  /** What is decided, or why nothing is: `restart`, `fail over to n2 or n3`, a rule. Empty when all is well. */
  readonly decision: string;
  /** Why what was last tried for it was in vain. */
  readonly trouble?: string;
}

export interface Decision {
  readonly memory: Memory;
  readonly actions: readonly Action[];
  readonly events: readonly DecidedEvent[];
  readonly rows: readonly CheckRow[];
  /** Which checks have begun to fail and which fail no more, for who is told of that. */
  readonly changes: readonly FailingChange[];
}

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
  const draft: Draft = {
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
  for (const check of round.checks) decideOne(draft, check);
  autostart(draft);
  return finished(draft);
}

/** Filled in by the steps of one decision. */
interface Draft {
  readonly config: Config;
  readonly round: RoundFacts;
  readonly before: Memory;
  readonly memory: Memory;
  readonly trials: Record<string, Trial>;
  readonly told: Record<string, string>;
  readonly actions: Action[];
  readonly events: DecidedEvent[];
  readonly rows: CheckRow[];
  readonly states: { readonly container: string; readonly node: string; readonly state: CheckState }[];
}

function finished({ before, memory, trials, told, actions, events, rows, states }: Draft): Decision {
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
      row(check, { failures: 0, decision: check.ok ? "" : "nothing: this process stood still for a while" }),
    ),
    changes: [],
  };
}

function frozen(draft: Draft): Decision {
  const { before, round, memory, events, rows } = draft;
  if (!before.isolated) {
    const silent = Object.entries(round.nodes).filter(([, facts]) => facts.state === "silent");
    events.push({
      type: "controller.isolated",
      error: `${silent.map(([name]) => name).join(", ")} of ${String(Object.keys(round.nodes).length)} nodes do not answer, which looks like a fault of this machine's network: nothing is done until two rounds are clean`,
    });
  }
  for (const check of round.checks) {
    rows.push(row(check, { failures: 0, decision: check.ok ? "" : "nothing: this machine seems to be cut off" }));
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

function tellOfNodes({ before, round, events }: Draft): void {
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

function cleanUp(draft: Draft): void {
  const { config, round, actions } = draft;
  for (const copy of staleCopies(config, round.nodes, round.generations)) {
    if (round.busy.has(copy.container)) continue;
    actions.push({ do: "clean-up", ...copy, cause: causes[copy.why] });
  }
  for (const { container, node, generation } of unknownCopies(config, round.nodes, round.generations)) {
    if (round.busy.has(container)) continue;
    tell(draft, `${keyOf({ container, node })} unknown`, String(generation), {
      type: "heartbeat.unknown-copy",
      node,
      container,
      error:
        "a copy is here that is newer than the one where the layout has it, and this layout never had it: that may be the older of two, so nothing is removed; add the copy to the layout, or remove it",
    });
  }
}

/** One whose label was lost or forged may be the only good one, and must not make others go. */
function tellUndated(draft: Draft): void {
  const { config, round } = draft;
  for (const { container, node, id } of undatedCopies(config, round.nodes, round.generations)) {
    tell(draft, `${keyOf({ container, node })} undated`, id, {
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

function decideOne(draft: Draft, check: CheckFact): void {
  const { round, before, trials } = draft;
  const key = keyOf(check);
  const trial = before.trials[key] ?? freshTrial;
  const facts = round.nodes[check.node];
  const seen = (state: CheckState): void => {
    draft.states.push({ ...placeOf(check), state });
  };
  // A success ends the row of failures, whoever does what meanwhile.
  if (round.busy.has(check.container) && !check.ok) {
    seen({ is: "unsaid" });
    keep(draft, key, trial);
    draft.rows.push(row(check, { failures: trial.failures, decision: "something is being done to it" }));
    return;
  }
  const found = verdict(check, facts);
  switch (found.kind) {
    case "ok":
      seen({ is: "ok" });
      if (!safety.consecutive) keep(draft, key, trial);
      // Counts begin anew with each daemon; what was told before still has to be taken back.
      if (trial.failures > 0 || before.failing[key] !== undefined)
        draft.events.push({ type: "heartbeat.recovered", ...placeOf(check) });
      draft.rows.push(row(check, { failures: 0, decision: "" }));
      return;
    case "unsure":
      seen({ is: "unsaid" });
      keep(draft, key, trial);
      tell(draft, key, found.rule, {
        type: `heartbeat.${found.rule}`,
        ...placeOf(check),
        error: found.message,
      });
      draft.rows.push(row(check, { failures: trial.failures, decision: `nothing: ${found.rule}` }));
      return;
    case "failing": {
      const left = leftAlone(draft.config, draft.memory, round, check);
      if (left) {
        seen({ is: "unsaid" });
        leave(draft, check, left);
        return;
      }
      const early = stillStarting(check, facts, { trial, now: round.at });
      if (early === undefined) {
        seen({ is: "failing", nodeDead: found.nodeDead, message: found.message });
        trials[key] = counted(trial);
        decideFailing(draft, check, found);
      } else {
        seen({ is: "unsaid" });
        waitForStart(draft, check, early);
      }
    }
  }
}

/** A copy that we have started and that never came up has failed all along. */
function counted(trial: Trial): Trial {
  const { restarts, starting } = trial;
  const meanwhile = restarts > 0 ? (starting?.failures ?? 0) : 0;
  const failures = trial.failures + 1 + meanwhile;
  return { ...trial, failures, ...(starting && { starting: { ...starting, failures: 0 } }) };
}

function waitForStart(draft: Draft, check: CheckFact, early: string): void {
  const key = keyOf(check);
  const trial = draft.before.trials[key] ?? freshTrial;
  const { since, failures } = trial.starting ?? { since: draft.round.at, failures: 0 };
  draft.trials[key] = { ...trial, starting: { since, failures: failures + 1 } };
  tell(draft, key, "starting", { type: "heartbeat.starting", ...placeOf(check), error: `${check.message}; ${early}` });
  draft.rows.push(row(check, { failures: trial.failures, decision: `nothing: ${early}` }));
}

/** Only what nobody has asked for is told. */
function leave(draft: Draft, check: CheckFact, { rule, message }: LeftAlone): void {
  if (rule === "runs-elsewhere") {
    tell(draft, keyOf(check), rule, { type: `heartbeat.${rule}`, ...placeOf(check), error: message });
  }
  draft.rows.push(row(check, { failures: 0, decision: `nothing: ${message}` }));
}

/** A check that says nothing leaves what is known as it was. */
function keep({ trials, told, before }: Draft, key: string, trial: Trial): void {
  if (trial !== freshTrial) trials[key] = trial;
  const said = before.told[key];
  if (said !== undefined) told[key] = said;
}

function decideFailing(draft: Draft, check: CheckFact, found: Extract<Verdict, { kind: "failing" }>): void {
  const { config, round } = draft;
  const key = keyOf(check);
  const trial = draft.trials[key] ?? freshTrial;
  const { failures } = trial;
  if (failures <= config.heartbeat.failoverAfter || draft.before.told[key] !== found.message) {
    draft.events.push({
      type: "heartbeat.failed",
      ...placeOf(check),
      after: { failures },
      error: found.message,
    });
  }
  draft.told[key] = found.message;
  const cause = `${String(failures)} failed heartbeat${failures === 1 ? "" : "s"}: ${found.message}`;
  const move = failures >= config.heartbeat.failoverAfter ? wantedMove(draft, check, found.nodeDead) : undefined;
  if (move?.refusal === undefined && move !== undefined) {
    const { hosts } = move;
    draft.actions.push({
      do: "fail-over",
      container: check.container,
      from: check.node,
      nodeDead: found.nodeDead,
      hosts,
      cause,
    });
    draft.rows.push(row(check, { failures, decision: `fail over to ${hosts.join(" or ")}` }));
    return;
  }
  if (move?.refusal) {
    tell(draft, `${key} failover`, move.refusal.rule, {
      type: "failover.refused",
      ...placeOf(check),
      after: { rule: move.refusal.rule },
      error: move.refusal.message,
    });
  }
  const repair = repairOf(check, round.nodes[check.node], { trial, now: round.at, config });
  if ("do" in repair) {
    draft.trials[key] = { failures, restarts: trial.restarts + 1, lastRestartAt: round.at };
    draft.actions.push({ ...repair, ...placeOf(check), cause });
  }
  const refused = move?.refusal ? `; no failover: ${move.refusal.message}` : "";
  draft.rows.push(row(check, { failures, decision: ("do" in repair ? repair.do : repair.why) + refused }));
}

/** Whether the container may leave its node now; undefined when nobody asked for that. */
function wantedMove(
  draft: Draft,
  { container, node }: CheckFact,
  nodeDead: boolean,
): { hosts: readonly string[]; refusal?: undefined } | { refusal: { rule: string; message: string } } | undefined {
  const { config, round, memory, actions } = draft;
  const constraint = config.constraints.find((each) => each.container === container);
  const placement = config.placements.find((each) => each.container === container && each.node === node);
  if (!constraint || !placement) return undefined;
  if (round.configProblem !== undefined) {
    const message = `the config file is broken and is not overwritten, and a failover has to write it: ${round.configProblem}`;
    return { refusal: { rule: "config-broken", message } };
  }
  const taken = new Set(config.placements.filter((each) => each.container === container).map((each) => each.node));
  const hosts = constraint.hosts.filter((host) => !taken.has(host));
  if (hosts.length === 0) {
    return { refusal: { rule: "no-other-host", message: "its container_host_constraints name no other host" } };
  }
  const data = dataLeftBehind(placement, memory.volumes[keyOf(placement)] ?? []);
  if (data !== undefined) return { refusal: { rule: "local-data", message: data } };
  const answering = hosts.filter((host) => round.nodes[host]?.state === "up");
  if (answering.length === 0) {
    return {
      refusal: { rule: "no-host-answers", message: `none of ${hosts.join(", ")} answers with a working Docker` },
    };
  }
  const refusal = forbiddenBy(
    { container, from: node, nodeDead },
    {
      past: memory.moves,
      underWay: [...round.underWay, ...actions.filter((each) => each.do === "fail-over")],
      containers: config.placements.length,
      now: round.at,
    },
  );
  return refusal ? { refusal } : { hosts: answering };
}

function repairOf(
  { container }: CheckFact,
  facts: NodeFacts | undefined,
  { trial, now, config }: { trial: Trial; now: number; config: Config },
): { readonly do: "start" | "restart" | "create" } | { readonly why: string } {
  if (facts?.state !== "up") return { why: "waits: its node is dead" };
  const found = facts.containers.find((each) => each.name === container);
  if (found && !isOurs(found, config.cluster)) return { why: "nothing: a container of that name is not ours" };
  if (!mayRestart(trial, now)) return { why: "waits before the next restart" };
  if (!found) return { do: "create" };
  return { do: found.state === "running" || found.state === "restarting" ? "restart" : "start" };
}

/** A node that came back, or is seen for the first time, gets what it should run: only its own, only when asked for. */
function autostart(draft: Draft): void {
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

/** An event for a state that lasts: once when it begins, again when it is another. */
function tell(draft: Draft, key: string, state: string, event: DecidedEvent): void {
  draft.told[key] = state;
  if (draft.before.told[key] !== state) draft.events.push(event);
}

function row(check: CheckFact, rest: Pick<CheckRow, "failures" | "decision">): CheckRow {
  const { container, node, ok, message, durationMs } = check;
  return { container, node, kind: check.check.kind, ok, message, durationMs, ...rest };
}

function placeOf({ container, node }: CheckFact): { container: string; node: string } {
  return { container, node };
}

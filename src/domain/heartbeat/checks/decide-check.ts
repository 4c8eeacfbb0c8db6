import type { Config } from "../../config/types.ts";
import { isOurs } from "../../container/copies/ownership.ts";
import { safety } from "../../safety.ts";
import { type DecisionDraft, placeOfCheck, checkRow, tellOnce } from "../draft.ts";
import { type CheckFact, keyOf, type NodeFacts } from "../facts.ts";
import { freshTrial, type Trial } from "../memory.ts";
import { type LeftAlone, leftAlone } from "../safeguards/left-alone.ts";
import { forbiddenBy } from "../safeguards/limits.ts";
import { dataLeftBehind } from "../safeguards/local-data.ts";
import type { CheckState } from "./failing.ts";
import { mayRestart } from "./pauses.ts";
import { stillStarting } from "./starting.ts";
import { type Verdict, verdict } from "./verdict.ts";

/** What follows from one check: it is well, counts, waits, or its container is repaired or moved away. */
export function decideCheck(draft: DecisionDraft, check: CheckFact): void {
  const { round, before, trials } = draft;
  const key = keyOf(check);
  const trial = before.trials[key] ?? freshTrial;
  const facts = round.nodes[check.node];
  const seen = (state: CheckState): void => {
    draft.states.push({ ...placeOfCheck(check), state });
  };
  // A success ends the row of failures, whoever does what meanwhile.
  if (round.busy.has(check.container) && !check.ok) {
    seen({ is: "unsaid" });
    keep(draft, key, trial);
    draft.rows.push(checkRow(check, { failures: trial.failures, decision: "something is being done to it" }));
    return;
  }
  const found = verdict(check, facts);
  switch (found.kind) {
    case "ok":
      seen({ is: "ok" });
      if (!safety.consecutive) keep(draft, key, trial);
      // Counts begin anew with each daemon; what was told before still has to be taken back.
      if (trial.failures > 0 || before.failing[key] !== undefined)
        draft.events.push({ type: "heartbeat.recovered", ...placeOfCheck(check) });
      draft.rows.push(checkRow(check, { failures: 0, decision: "" }));
      return;
    case "unsure":
      seen({ is: "unsaid" });
      keep(draft, key, trial);
      tellOnce(draft, key, found.rule, {
        type: `heartbeat.${found.rule}`,
        ...placeOfCheck(check),
        error: found.message,
      });
      draft.rows.push(checkRow(check, { failures: trial.failures, decision: `nothing: ${found.rule}` }));
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

function waitForStart(draft: DecisionDraft, check: CheckFact, early: string): void {
  const key = keyOf(check);
  const trial = draft.before.trials[key] ?? freshTrial;
  const { since, failures } = trial.starting ?? { since: draft.round.at, failures: 0 };
  draft.trials[key] = { ...trial, starting: { since, failures: failures + 1 } };
  tellOnce(draft, key, "starting", {
    type: "heartbeat.starting",
    ...placeOfCheck(check),
    error: `${check.message}; ${early}`,
  });
  draft.rows.push(checkRow(check, { failures: trial.failures, decision: `nothing: ${early}` }));
}

/** Only what nobody has asked for is told. */
function leave(draft: DecisionDraft, check: CheckFact, { rule, message }: LeftAlone): void {
  if (rule === "runs-elsewhere") {
    tellOnce(draft, keyOf(check), rule, { type: `heartbeat.${rule}`, ...placeOfCheck(check), error: message });
  }
  draft.rows.push(checkRow(check, { failures: 0, decision: `nothing: ${message}` }));
}

/** A check that says nothing leaves what is known as it was. */
function keep({ trials, told, before }: DecisionDraft, key: string, trial: Trial): void {
  if (trial !== freshTrial) trials[key] = trial;
  const said = before.told[key];
  if (said !== undefined) told[key] = said;
}

function decideFailing(draft: DecisionDraft, check: CheckFact, found: Extract<Verdict, { kind: "failing" }>): void {
  const { config, round } = draft;
  const key = keyOf(check);
  const trial = draft.trials[key] ?? freshTrial;
  const { failures } = trial;
  if (failures <= config.heartbeat.failoverAfter || draft.before.told[key] !== found.message) {
    draft.events.push({
      type: "heartbeat.failed",
      ...placeOfCheck(check),
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
    draft.rows.push(checkRow(check, { failures, decision: `fail over to ${hosts.join(" or ")}` }));
    return;
  }
  if (move?.refusal) {
    tellOnce(draft, `${key} failover`, move.refusal.rule, {
      type: "failover.refused",
      ...placeOfCheck(check),
      after: { rule: move.refusal.rule },
      error: move.refusal.message,
    });
  }
  const repair = repairOf(check, round.nodes[check.node], { trial, now: round.at, config });
  if ("do" in repair) {
    draft.trials[key] = { failures, restarts: trial.restarts + 1, lastRestartAt: round.at };
    draft.actions.push({ ...repair, ...placeOfCheck(check), cause });
  }
  const refused = move?.refusal ? `; no failover: ${move.refusal.message}` : "";
  draft.rows.push(checkRow(check, { failures, decision: ("do" in repair ? repair.do : repair.why) + refused }));
}

/** Whether the container may leave its node now; undefined when nobody asked for that. */
function wantedMove(
  draft: DecisionDraft,
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

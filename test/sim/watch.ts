import type { Round } from "../../src/app/heartbeat/index.ts";
import type { Config } from "../../src/domain/config/types.ts";
import { generationOf, isOurs } from "../../src/domain/container/copies/ownership.ts";
import type { FailOverAction } from "../../src/domain/heartbeat/decision.ts";
import type { MoveRecord } from "../../src/domain/move/journal.ts";
import { load } from "./config.ts";
import { factsOf, type SimContainer } from "./containers.ts";
import type { DockerChange } from "./docker-words.ts";
import { nameOf } from "./docker.ts";
import { written } from "./invariants/config.ts";
import { deadEnough } from "./invariants/dead-enough.ts";
import { lost } from "./invariants/lost.ts";
import { type Moving, oneAtATime } from "./invariants/one-at-a-time.ts";
import { touched } from "./invariants/ownership.ts";
import {
  afterRound,
  isolatedBegins,
  noRounds,
  refusedCounts,
  type Rounds,
  tooEarly,
  withoutCounts,
} from "./invariants/rounds.ts";
import type { Copy, Sight, Verdict } from "./invariants/sight.ts";
import { storm, type WrittenMove } from "./invariants/storm.ts";
import { type Doubles, twoCopies } from "./invariants/two-copies.ts";
import { controller } from "./network.ts";
import type { Process } from "./process.ts";
import type { Scenario } from "./scenario.ts";
import type { Watcher, World } from "./world.ts";

/** Looks at everything that happens, and keeps the first thing that must not be. */
export class Watch implements Watcher {
  violation: string | undefined;
  readonly #world: World;
  readonly #scenario: Scenario;
  readonly #daemon: () => { readonly process: Process; readonly lastRound: Round | undefined };
  /** Containers of which there must be a copy. */
  readonly #present = new Set<string>();
  readonly #removed = new Set<string>();
  #looks = true;
  #text = "";
  #doubles: Doubles = new Map();
  /** Of the daemon that runs. */
  #rounds: { readonly process: Process; readonly rounds: Rounds } | undefined;
  readonly #decided = new Map<string, FailOverAction>();
  readonly #written: WrittenMove[] = [];
  readonly #moving = new Map<string, { readonly process: Process; readonly moving: Moving }>();
  /** What rounds began, and in which round that was. */
  readonly #inHand = new Set<{ readonly container: string; readonly round: Round }>();
  /** The daemon's moves that go on. */
  readonly #begun = new Map<string, { readonly process: Process; readonly to: string }>();
  /** Containers and hosts of its moves that ended when it seemed cut off: what waited for that end must not begin. */
  readonly #endedCutOff = new Set<string>();
  readonly #outOfSightAt = new Map<string, number>();

  constructor(
    world: World,
    scenario: Scenario,
    daemon: () => { readonly process: Process; readonly lastRound: Round | undefined },
  ) {
    this.#world = world;
    this.#scenario = scenario;
    this.#daemon = daemon;
    world.watchers.push(this);
    const again = (): void => {
      this.#looks = true;
      world.timeline.after(Math.min(2000, scenario.intervalMs / 4), again);
    };
    again();
  }

  /** A container was taken away by somebody who may: from then on there may be none for a while. */
  forget(container: string): void {
    this.#removed.add(container);
  }

  /** False when there is nothing more to be seen. */
  step(): boolean {
    if (!this.#looks) return this.violation === undefined;
    this.#looks = false;
    const sight = this.sight();
    for (const { container } of sight.copies) if (!this.#removed.has(container)) this.#present.add(container);
    for (const container of this.#removed) this.#present.delete(container);
    this.#tell(lost(this.#present, sight.copies));
    const { intervalMs } = this.#scenario;
    // Another wish, another tick to see it.
    const doublesBefore = this.#text === this.#world.text ? this.#doubles : new Map<string, never>();
    this.#text = this.#world.text;
    const { doubles, verdict } = twoCopies(doublesBefore, sight, 1.1 * intervalMs + 15_000);
    this.#doubles = doubles;
    this.#tell(verdict);
    this.#lookForSilence();
    return this.violation === undefined;
  }

  sight(): Sight {
    const { nodes, network, timeline } = this.#world;
    const copies: Copy[] = [];
    const busy = new Set<string>();
    const answering = new Set<string>();
    for (const node of nodes.values()) {
      for (const each of node.docker.containers.values()) {
        const facts = factsOf(each);
        if (!isOurs(facts, this.#scenario.cluster)) continue;
        copies.push({
          container: nameOf(each),
          node: node.name,
          id: each.id,
          name: each.name,
          running: each.state === "running",
          generation: generationOf(facts),
        });
      }
      for (const name of node.locks.held) busy.add(name.slice(name.indexOf(".") + 1));
      const answers = network.reaches(controller, node.name) && !network.lags(controller, node.name);
      if (answers && !node.refuses && node.docker.state === "running") answering.add(node.name);
    }
    const { process, lastRound } = this.#daemon();
    const watching = process.state === "running" && lastRound?.isolated === false;
    return { at: timeline.now, copies, answering, watching, busy };
  }

  /** A node that neither the controller nor one that it can ask can reach. */
  #lookForSilence(): void {
    const { nodes, network, timeline } = this.#world;
    for (const { name } of nodes.values()) {
      if (network.reaches(controller, name) && !network.lags(controller, name)) continue;
      const missed = [...nodes.keys()].some(
        (peer) => peer !== name && network.reaches(controller, peer) && !network.reaches(peer, name),
      );
      if (missed) this.#outOfSightAt.set(name, timeline.now);
    }
  }

  #tell(verdict: Verdict): void {
    if (verdict === undefined || this.violation !== undefined) return;
    this.violation = verdict;
    this.#world.say("watch", `*** ${verdict}`);
  }

  changed(): void {
    this.#looks = true;
  }

  touched(node: string, change: DockerChange, target: SimContainer | undefined): void {
    this.#tell(touched(change, target, this.#scenario.cluster));
    if (change.do !== "run") return;
    const decided = this.#decided.get(change.name);
    // Where the layout has it, it is started for that, whatever was decided before.
    const { placements = [] } = this.#world.config() ?? {};
    if (!decided || placements.some((each) => each.container === change.name && each.node === node)) return;
    const runningOn = this.sight()
      .copies.filter((copy) => copy.container === change.name && copy.running)
      .map((copy) => copy.node);
    const { from } = decided;
    const start = { container: change.name, from, node, at: this.#world.timeline.now };
    const holdsMs = 2 * this.#scenario.intervalMs + 60_000;
    this.#tell(deadEnough(start, runningOn, this.#outOfSightAt.get(from), holdsMs));
  }

  /** Every change begins with the lock. */
  locked(process: Process, containers: readonly string[]): void {
    if (!this.#isCutOff(process)) return;
    const inHand = [...this.#inHand].map(({ container }) => container);
    const begun = containers.filter((container) => !inHand.includes(container));
    if (begun.length > 0) this.#tell(`a controller that seems cut off begins something with ${begun.join(", ")}`);
  }

  /** `stalled`: the daemon knows that it stood still, and believes nothing of what it saw. */
  rounded(round: Round, config: Config, stalled: boolean): void {
    const { process } = this.#daemon();
    const before = this.#rounds?.process === process ? this.#rounds.rounds : noRounds;
    const rounds = stalled ? withoutCounts(before) : afterRound(before, round);
    this.#rounds = { process, rounds };
    this.#tell(isolatedBegins(rounds, round));
    this.#tell(refusedCounts(before, round));
    this.#tell(tooEarly(rounds, round, config.heartbeat.failoverAfter));
    const open = [...this.#world.journal.values()];
    for (const { container } of [...round.actions, ...open]) {
      if (!round.isolated) this.#inHand.add({ container, round });
    }
    void round.done.then(() => {
      for (const each of this.#inHand) if (each.round === round) this.#inHand.delete(each);
    });
    if (!round.isolated) this.#endedCutOff.clear();
    for (const action of round.actions) if (action.do === "fail-over") this.#decided.set(action.container, action);
    this.#looks = true;
    if (this.#world.transcript) this.#narrate(round, config);
  }

  #narrate({ nodes, rows, actions, isolated }: Round, config: Config): void {
    const states = Object.entries(nodes).map(([name, facts]) => {
      if (facts.state !== "silent") return `${name} ${facts.state}`;
      return `${name} silent (missed by ${facts.missedBy.join() || "-"}, seen by ${facts.seenBy.join() || "-"})`;
    });
    const checks = rows.map(
      (row) =>
        `${row.container}@${row.node} ${row.ok ? "ok" : `${String(row.failures)}× ${row.message} → ${row.decision}`}`,
    );
    this.#world.say(
      "daemon",
      `round of ${String(config.placements.length)}${isolated ? ", isolated" : ""}: ${states.join(", ")}; ${checks.join("; ")}`,
    );
    for (const action of actions) this.#world.say("daemon", `  does ${JSON.stringify(action)}`);
  }

  wrote(process: Process, before: string): void {
    const old = load(before).config;
    const now = this.#world.config();
    this.#tell(written(old, now));
    if (process.name !== "daemon" || !now) return;
    for (const { container, node } of old.placements) {
      if (now.placements.some((each) => each.container === container && each.node === node)) continue;
      const nodeDead = this.#decided.get(container)?.nodeDead ?? false;
      this.#written.push({ container, from: node, at: this.#world.timeline.now, nodeDead });
      this.#tell(storm(this.#written, now.placements.length));
    }
  }

  /** One that failed may leave its record to whoever comes next. */
  unclaimed(process: Process, container: string): void {
    this.#moving.delete(`${container} ${process.name}`);
    const begun = this.#begun.get(container);
    if (begun?.process !== process) return;
    this.#begun.delete(container);
    if (this.#isCutOff(process)) this.#endedCutOff.add(container).add(begun.to);
  }

  #isCutOff(process: Process): boolean {
    const daemon = this.#daemon();
    return daemon.process === process && daemon.lastRound?.isolated === true;
  }

  journalled(process: Process, container: string, record: MoveRecord | undefined): void {
    for (const [name, { process: mover }] of this.#moving) if (mover.state === "dead") this.#moving.delete(name);
    if (!record || record.step === "written" || record.step === "undone") {
      this.#moving.delete(`${container} ${process.name}`);
      return;
    }
    if (record.step !== "begun") return;
    if (this.#isCutOff(process) && (this.#endedCutOff.has(container) || this.#endedCutOff.has(record.to)))
      this.#tell(`a controller that seems cut off begins another move, of ${container} to ${record.to}`);
    this.#begun.set(container, { process, to: record.to });
    const begun = { ...record, by: process.name };
    this.#tell(
      oneAtATime(
        begun,
        [...this.#moving.values()].map((each) => each.moving),
      ),
    );
    this.#moving.set(`${container} ${process.name}`, { process, moving: begun });
  }
}

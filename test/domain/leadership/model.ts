import { formatCandidacy } from "../../../src/domain/leadership/electorate.ts";
import {
  afterRound,
  epochToClaim,
  judge,
  type Judgement,
  newOwner,
  newStanding,
  notPlaced,
  placing,
  type Standing,
  toRemember,
} from "../../../src/domain/leadership/judge.ts";
import { formatMarks, parseMarks } from "../../../src/domain/leadership/marks.ts";
import { GuardModel } from "../../support/guard-model.ts";

/**
 * Every history of two controllers and three nodes, as a model checker goes through them: from each state all that can happen
 * next, each state once. What the controllers decide is the product's own (`judge`), what nodes do is `GuardModel`, which is
 * compared with `guard.sh`. A round and an election are two steps, so that the other controller's may come between them.
 */

const nodes = ["n1", "n2", "n3"];
const ttlMs = 15_000;
const timeoutMs = 3_000;
/** Two of them, and a promise has run out; one, and a claim that was delayed is refused. */
const tickMs = 8_000;

/** What becomes of one message: `deaf` was heard, and the answer is lost; `late` may still arrive. */
type Fate = "answered" | "deaf" | "lost" | "late";

interface Message {
  readonly node: number;
  readonly deadline: number;
  readonly claim: Claim;
}

interface Claim {
  readonly epoch: number;
  readonly owner: string;
  readonly ttl: number;
  readonly marks: string;
  readonly electorate: string;
}

interface Controller {
  readonly standing: Standing;
  /** What a restart would find. */
  readonly saved: Standing["memory"];
  readonly leadsUntil: number;
  /** An election that is about to be begun. */
  readonly electing: { readonly standing: Standing; readonly epoch: number } | undefined;
}

export interface State {
  readonly now: number;
  readonly controllers: readonly Controller[];
  readonly nodes: readonly GuardModel[];
  readonly underWay: Message | undefined;
  /** The newest version of what half of the nodes were had to remember. */
  readonly remembered: number;
  readonly faults: number;
  readonly ticks: number;
  readonly writes: number;
  /** The steps that led here. */
  readonly before: { readonly step: string; readonly state: State } | undefined;
}

export interface Bounds {
  /** Messages lost or delayed, controllers and nodes that crash: together. */
  readonly faults: number;
  readonly ticks: number;
  readonly writes: number;
  readonly steps: number;
  /** A node's disk may come back empty, too: then everything is possible. */
  readonly disksFail?: boolean;
}

export interface Explored {
  readonly states: number;
  readonly leaders: number;
  /** The steps to the first state in which something is broken, and what; undefined when there is none. */
  readonly broken: string | undefined;
}

/** Goes through all states within the bounds. */
export function explore(bounds: Bounds): Explored {
  const first: State = {
    now: 0,
    controllers: ["a", "b"].map((owner) => fresh(newOwner(owner))),
    nodes: nodes.map(() => new GuardModel()),
    underWay: undefined,
    remembered: 0,
    ...{ faults: bounds.faults, ticks: bounds.ticks, writes: bounds.writes, before: undefined },
  };
  const seen = new Set([keyOf(first)]);
  let frontier = [first];
  let leaders = 0;
  for (let depth = 0; depth < bounds.steps && frontier.length > 0; depth++) {
    const next: State[] = [];
    for (const state of frontier)
      for (const each of stepsFrom(state, bounds)) {
        const wrong = broken(state, each);
        if (wrong !== undefined) return { states: seen.size, leaders, broken: `${historyOf(each)}: ${wrong}` };
        const key = keyOf(each);
        if (seen.has(key)) continue;
        seen.add(key);
        if (each.controllers.some(({ leadsUntil }) => leadsUntil > each.now)) leaders += 1;
        next.push(each);
      }
    frontier = next;
  }
  return { states: seen.size, leaders, broken: undefined };
}

function fresh(memory: Standing["memory"]): Controller {
  return { standing: newStanding(memory), saved: memory, leadsUntil: -Infinity, electing: undefined };
}

function broken(before: State, after: State): string | undefined {
  const leading = after.controllers.filter(({ leadsUntil }) => leadsUntil > after.now);
  if (leading.length > 1) return "two lead";
  for (const [index, { standing, leadsUntil }] of after.controllers.entries()) {
    const was = before.controllers[index];
    if (leadsUntil <= after.now || was?.standing.memory.elected === true) continue;
    const known = Math.max(0, ...standing.memory.placed.map(({ version }) => version));
    if (known < after.remembered) return "the new leader does not know what half of the nodes were had to remember";
  }
  return undefined;
}

function* stepsFrom(state: State, bounds: Bounds): Generator<State> {
  for (const [index, controller] of state.controllers.entries()) {
    // Whoever is the first is called a.
    if (index === 1 && state.before === undefined) continue;
    yield* rounds(state, index);
    if (state.writes > 0 && controller.electing === undefined && controller.leadsUntil > state.now) {
      const next = placing(controller.standing, { container: "web", nodes: [String(state.writes)] });
      if (next) yield* writes(state, index, next);
    }
    if (state.faults > 0)
      yield step(state, `${name(index)} crashes`, {
        faults: state.faults - 1,
        controllers: replaced(state.controllers, index, fresh(controller.saved)),
      });
  }
  if (state.underWay) yield arrives(state, state.underWay);
  if (state.ticks > 0) yield step(state, "time passes", { ticks: state.ticks - 1, now: state.now + tickMs });
  if (state.faults === 0) return;
  for (const [index, node] of state.nodes.entries()) {
    const restarted = node.copy();
    restarted.reboot();
    const one = (what: string, guard: GuardModel): State =>
      step(state, `${at(nodes, index)} ${what}`, {
        faults: state.faults - 1,
        nodes: replaced(state.nodes, index, guard),
      });
    yield one("restarts", restarted);
    if (bounds.disksFail === true) yield one("loses its disk", new GuardModel());
  }
}

/** A look, a renewal, or the election that the look before has made possible; with all that may become of its messages. */
function* rounds(state: State, index: number): Generator<State> {
  const controller = at(state.controllers, index);
  const { standing, epoch } = controller.electing ?? {
    standing: controller.standing,
    epoch: epochToClaim(controller.standing),
  };
  const after = once((answers: Answers): Controller => {
    // An election that is lost may be tried again at once: nothing may depend on the rest.
    const random = -1;
    return judged(controller, judge(standing, { nodes, ttlMs, epoch, answers, now: state.now, random }));
  });
  for (const { fates, answers, changes } of asked(state, standing, epoch))
    yield step(state, `${name(index)} ${controller.electing ? "elects" : "asks"} ${fates.join(" ")}`, {
      ...changes,
      controllers: replaced(state.controllers, index, after(answers)),
    });
}

function judged(controller: Controller, judgement: Judgement): Controller {
  if (judgement.elect !== undefined) {
    return { ...controller, electing: { standing: judgement.standing, epoch: judgement.elect } };
  }
  const standing = afterRound(controller.standing, judgement);
  const leadsUntil = judgement.role === "leader" ? judgement.until : -Infinity;
  return { standing, saved: standing.memory, leadsUntil, electing: undefined };
}

/** The leader has half of the nodes remember where a container goes. */
function* writes(state: State, index: number, next: Standing): Generator<State> {
  const controller = at(state.controllers, index);
  const after = once((answers: Answers): { readonly stored: boolean; readonly controller: Controller } => {
    const stored = answers.filter(({ answer }) => answer.claimed).length >= nodes.length / 2;
    const standing = stored ? { ...next, confirmed: true } : notPlaced(next, "web", controller.standing.memory.placed);
    return { stored, controller: { ...controller, standing, saved: standing.memory } };
  });
  for (const { fates, answers, changes } of asked(state, next, next.memory.epoch)) {
    const { stored, controller: written } = after(answers);
    yield step(state, `${name(index)} has remembered ${fates.join(" ")}`, {
      ...changes,
      writes: state.writes - 1,
      ...(stored ? { remembered: next.memory.epoch } : {}),
      controllers: replaced(state.controllers, index, written),
    });
  }
}

type Answers = Parameters<typeof judge>[1]["answers"];

interface Asked {
  readonly fates: readonly Fate[];
  /** The same list for the same answers. */
  readonly answers: Answers;
  readonly changes: Pick<State, "nodes" | "faults" | "underWay">;
}

/** One question to all nodes, and all that may become of it. */
function* asked(state: State, standing: Standing, epoch: number): Generator<Asked> {
  const marks = toRemember(standing);
  const claim: Claim = {
    ...{ epoch, owner: standing.memory.owner, ttl: ttlMs, marks: marks ? formatMarks(marks) : "" },
    electorate: marks ? "" : formatCandidacy(nodes),
  };
  const deadline = state.now + timeoutMs;
  const heard = state.nodes.map((node, index) => hear(node, at(nodes, index), { ...claim, deadline, now: state.now }));
  const lists = new Map<string, Answers>();
  for (const fates of fatesWithin(state)) {
    const which = fates.map((fate) => (fate === "answered" ? 1 : 0)).join("");
    const answers =
      lists.get(which) ?? heard.flatMap(({ answer }, index) => (fates[index] === "answered" ? answer : []));
    lists.set(which, answers);
    const late = fates.indexOf("late");
    const changes = {
      nodes: state.nodes.map((node, index) =>
        /answered|deaf/.test(fates[index] ?? "") ? at(heard, index).node : node,
      ),
      faults: state.faults - fates.filter((fate) => fate !== "answered").length,
      underWay: late === -1 ? state.underWay : { node: late, deadline, claim },
    };
    yield { fates, answers, changes };
  }
}

function hear(
  guard: GuardModel,
  node: string,
  { now, ...claim }: Claim & { readonly deadline: number; readonly now: number },
): { readonly node: GuardModel; readonly answer: Answers } {
  const after = guard.copy();
  const said = after.claim(now, claim);
  if (typeof said === "string") return { node: after, answer: [] };
  const { claimed, epoch, owner, left: leftMs, markedAt } = said;
  const clock = { bootId: "", uptimeMs: now, at: now };
  const own = { claimed, epoch, owner: owner === "-" ? undefined : owner, leftMs, markedAt, clock };
  return { node: after, answer: [{ node, sentAt: now, answer: { ...own, ...parseMarks(said.marks) } }] };
}

function once<T extends object, R>(work: (argument: T) => R): (argument: T) => R {
  const known = new Map<T, R>();
  return (argument) => {
    const result = known.get(argument) ?? work(argument);
    known.set(argument, result);
    return result;
  };
}

function arrives(state: State, { node: index, claim, deadline }: Message): State {
  const node = at(state.nodes, index).copy();
  node.claim(state.now, { ...claim, deadline });
  return step(state, `a late claim of ${claim.owner} arrives at ${nodes[index] ?? ""}`, {
    nodes: replaced(state.nodes, index, node),
    underWay: undefined,
  });
}

const allFates = [0, 1, 2].reduce<Fate[][]>(
  (lists) =>
    lists.flatMap((list) => (["answered", "deaf", "lost", "late"] as const).map((fate): Fate[] => [...list, fate])),
  [[]],
);

/** Of nodes that are the same, what happens to one may as well happen to the other. */
function* fatesWithin(state: State): Generator<readonly Fate[]> {
  const { faults, underWay } = state;
  const keys = nodeKeys(state);
  const same = [0, 1].map((index) => keys[index] === keys[index + 1]);
  for (const fates of allFates) {
    const late = fates.filter((fate) => fate === "late").length;
    const costs = fates.filter((fate) => fate !== "answered").length;
    const isNew = same.every((each, index) => !each || (fates[index] ?? "") <= (fates[index + 1] ?? ""));
    if (isNew && costs <= faults && late <= (underWay ? 0 : 1)) yield fates;
  }
}

function step(state: State, what: string, changes: Partial<State>): State {
  return { ...state, ...changes, before: { step: what, state } };
}

function historyOf(state: State): string {
  const steps: string[] = [];
  for (let each = state.before; each; each = each.state.before) steps.unshift(each.step);
  return steps.join("; ");
}

/** The same for two states that differ in nothing that can matter: in the names of nodes, or in what time it is. */
function keyOf(state: State): string {
  const { now, controllers, remembered, faults, ticks, writes } = state;
  const rest = [remembered, faults, ticks, writes].join(" ");
  return [...controllers.map((each) => controllerKey(each, now).key), ...nodeKeys(state).sort(), rest].join("|");
}

/** All that is about each node. */
function nodeKeys({ now, controllers, nodes: guards, underWay }: State): string[] {
  return guards.map((guard, index) => {
    const late = underWay?.node === index ? JSON.stringify([underWay.claim, underWay.deadline - now]) : "";
    const promised = controllers.map((each) => controllerKey(each, now).promises[index] ?? "");
    return `${guardKey(guard, now)} ${promised.join(" ")} ${late}`;
  });
}

const guardKey = byMoment((guard: GuardModel, now) => JSON.stringify(guard.toJSON(now)));

const controllerKey = byMoment(({ standing, saved, leadsUntil, electing }: Controller, now) => {
  const left = (until: number): number => Math.max(-1, until - now);
  const { epoch, elected, seen, placed } = standing.memory;
  const known = [placed, saved.placed].map((list) => list.map(({ version }) => version));
  const about = electing && [electing.epoch, electing.standing.memory.epoch];
  return {
    key: JSON.stringify([epoch, elected, seen, known, standing.confirmed, left(leadsUntil), saved, about]),
    promises: nodes.map((node) =>
      [standing, electing?.standing].map((each) => left(each?.promises[node] ?? -1)).join(" "),
    ),
  };
});

/** Each thing is in many states. */
function byMoment<T extends object, R>(work: (thing: T, now: number) => R): (thing: T, now: number) => R {
  const known = new WeakMap<T, Map<number, R>>();
  return (thing, now) => {
    const moments = known.get(thing) ?? new Map<number, R>();
    known.set(thing, moments);
    const result = moments.get(now) ?? work(thing, now);
    moments.set(now, result);
    return result;
  };
}

function name(index: number): string {
  return index === 0 ? "a" : "b";
}

function at<T>(list: readonly T[], index: number): T {
  const found = list[index];
  if (found === undefined) throw new RangeError("no such one");
  return found;
}

function replaced<T>(list: readonly T[], index: number, by: T): readonly T[] {
  return list.map((each, which) => (which === index ? by : each));
}

import type { ClaimAnswer } from "../guard/claim.ts";
import { clockDrift } from "../guard/clock.ts";
import { safety } from "../safety.ts";
import { distinct, type Electorate, isHeld, isSameElectorate, isWon, otherElectorates } from "./electorate.ts";
import { type Frozen, withFrozen, withoutFrozen } from "./frozen.ts";
import { type Marks, newestMarks, noMarks } from "./marks.ts";
import { firstWitnesses } from "./witnesses.ts";
import { newestVersion, type Placed, withPlacement } from "./placed.ts";

/**
 * Which of several daemons acts. Each node promises one of them at a time that it obeys nobody else (`guard.sh claim`),
 * and numbers the promises by epochs that it never forgets.
 *
 * To become the leader takes a greater epoch than any seen, promised by a majority of the nodes that elect. To stay the
 * leader takes half of them: a majority of the others cannot come about as long as these promises hold, and one that
 * came about while they did not is known to at least one node of every half, which then refuses. For the same reason
 * what half of the nodes remember for the leader (`frozen.ts`) is known to whoever is elected next.
 */

/** What a daemon remembers of itself, over its restarts. */
export interface LeadershipMemory extends Pick<Marks, "frozen" | "placed"> {
  /** A random word, made once for a state folder. */
  readonly owner: string;
  /** The greatest epoch this owner has claimed. */
  readonly epoch: number;
  /** A majority has promised that epoch, and no node has told of a greater one since. */
  readonly elected: boolean;
  /** The epoch up to which this controller's config file shows what nodes remember of the layout. */
  readonly seen: number;
  /** The nodes of the last election that was won; none before that. */
  readonly electorate: Electorate;
  /** The digest of the layout that nodes and our config file last had in common; empty where they never had. */
  readonly agreed: string;
  /** Every node has been told of the election, or what was begun before it has had its time. */
  readonly announced: boolean;
  /** What has to be won, or told, before this one alone counts. */
  readonly joint: readonly Electorate[];
}

export interface Standing {
  readonly memory: LeadershipMemory;
  /** Our monotonic times until which nodes will certainly obey nobody else. */
  readonly promises: Readonly<Record<string, number>>;
  /** No election before that time: two who lose one together would lose the next one together, too. */
  readonly restUntil: number;
  /** Half of the nodes have stored the present epoch, so that no other owner can be elected with it or a smaller one. */
  readonly confirmed: boolean;
}

/**
 * `leader`: nobody else leads, until `until`. `standby`: somebody else leads, or may. `unelected`: nobody is seen who
 * leads, but too few nodes answer to know.
 */
export type ControllerRole = "leader" | "standby" | "unelected";

export interface Judgement {
  readonly standing: Standing;
  /** What nodes remember of the layout, as far as this round knows: all of it, for a leader. */
  readonly placed: readonly Placed[];
  /** Other electorates that nodes tell of, in which this round could not be won. */
  readonly strange: readonly Electorate[];
  readonly role: ControllerRole;
  /** Nodes that obey the present epoch and no smaller one. */
  readonly told: readonly string[];
  /** For a leader: our monotonic time until which it certainly stays the only one, if no more nodes answer. */
  readonly until: number;
  /** Who has to be won besides the nodes of the round. */
  readonly heard: readonly Electorate[];
  /** An epoch to claim at once, in a second round. */
  readonly elect: number | undefined;
}

export interface ClaimRound {
  /** Who elects; others may answer, too. */
  readonly nodes: Electorate;
  /** Every node of the config; the same where nothing is said. */
  readonly everyNode?: readonly string[];
  readonly ttlMs: number;
  /** The epoch that was claimed; 0 when the round only looked. */
  readonly epoch: number;
  /** The nodes that answered; `sentAt` is our monotonic time before the question was sent. */
  readonly answers: readonly { readonly node: string; readonly sentAt: number; readonly answer: ClaimAnswer }[];
  readonly now: number;
  /** From [0, 1). */
  readonly random: number;
}

/** What to claim in the next round: the leader renews, everybody else looks. */
export function epochToClaim({ memory }: Standing): number {
  return memory.elected ? memory.epoch : 0;
}

/** What a round of answers says. */
export function judge(standing: Standing, round: ClaimRound): Judgement {
  const { owner } = standing.memory;
  const promises = promisesAfter(standing, round);
  const seen = Math.max(standing.memory.epoch, ...round.answers.map(({ answer }) => answer.epoch));
  const electing = round.epoch > standing.memory.epoch;
  const refused = round.answers.some(({ answer }) => !answer.claimed);
  const claimed = namesOf(round.answers.filter(({ answer }) => answer.claimed));
  const others = safety.electorate ? toWinToo(standing, round) : [];
  const all = [round.nodes, ...others];
  const mayElectNext = electing ? all : electoratesOf(standing, round.nodes);
  const elected = electing
    ? all.every((each) => isWon(each, claimed))
    : standing.memory.elected && !(refused && round.epoch > 0);
  const memory: LeadershipMemory = {
    owner,
    epoch: Math.max(standing.memory.epoch, round.epoch),
    elected,
    seen: standing.memory.seen,
    agreed: standing.memory.agreed,
    announced: standing.memory.announced && !(electing && elected),
    ...(electing && elected
      ? { electorate: round.nodes, joint: others }
      : { electorate: standing.memory.electorate, joint: unTold(standing, claimed) }),
    ...(electing && elected ? ofTheLayout(newestMarks(round.answers)) : marksOf(standing)),
  };
  const placed = elected ? memory.placed : newestMarks(round.answers).placed;
  const lostElection = electing && !elected;
  const next: Standing = {
    memory,
    promises,
    restUntil: lostElection ? round.now + round.ttlMs * (1 + round.random) : standing.restUntil,
    confirmed: mayElectNext.every((each) => isHeld(each, claimed)) || (!electing && standing.confirmed),
  };
  if (elected) {
    const until = certainUntil(promises, round);
    const leads = until > round.now && memory.joint.length === 0;
    const rest = {
      standing: next,
      placed,
      told: claimed,
      strange: memory.joint,
      heard: memory.joint,
      elect: undefined,
    };
    return leads ? { ...rest, role: "leader", until } : { ...rest, role: "unelected", until: round.now };
  }
  const obeysAnother = ({ answer }: ClaimRound["answers"][number]): boolean =>
    answer.owner !== undefined && answer.owner !== owner && answer.leftMs > 0;
  const free = namesOf(round.answers.filter((each) => !obeysAnother(each)));
  const mayElect = !electing && all.every((each) => isWon(each, free)) && round.now >= next.restUntil;
  return {
    standing: next,
    placed,
    told: [],
    strange: others.filter((each) => !isWon(each, free)),
    heard: others,
    role: round.answers.some(obeysAnother) ? "standby" : "unelected",
    until: round.now,
    // Another leader may have raised his by one, and nobody who answers has heard of it: no epoch is to have two owners.
    elect: mayElect ? seen + 2 : undefined,
  };
}

/**
 * Who else has to be won. Where no leader has told by whom he was elected this one has to begin with nodes that every config with
 * these nodes begins with; and a pictl of before was elected by all of them.
 */
function toWinToo({ memory }: Standing, { nodes, everyNode = nodes, answers }: ClaimRound): readonly Electorate[] {
  const others = distinct([...otherElectorates(nodes, answers), ...memory.joint]);
  if (memory.elected || answers.some(({ answer }) => answer.electorates.length > 0)) return others;
  // A candidate has nothing remembered but who he is to be elected by; a leader of before had the opposite.
  const ledBefore = answers.some(
    ({ answer }) => answer.epoch > 0 && (answer.markedAt > 0 || (answer.candidates ?? []).length === 0),
  );
  const first = ledBefore ? everyNode : firstWitnesses(everyNode);
  return distinct([...others, first]).filter((each) => !isSameElectorate(each, nodes));
}

function namesOf(answers: ClaimRound["answers"]): readonly string[] {
  return answers.map(({ node }) => node);
}

/**
 * What still has to be won or told after a leader's claim: of those who elected before, half, so that whoever else stands
 * for election among them hears of it; of the present ones more, the first time.
 */
function unTold({ memory: { elected, joint, electorate } }: Standing, told: readonly string[]): readonly Electorate[] {
  if (!elected) return joint;
  return joint.filter((each) => !(isSameElectorate(each, electorate) ? isWon : isHeld)(each, told));
}

function ofTheLayout({ frozen, placed }: Pick<Marks, "frozen" | "placed">): Pick<Marks, "frozen" | "placed"> {
  return { frozen, placed };
}

function marksOf({ memory }: Standing): Pick<Marks, "frozen" | "placed"> {
  return ofTheLayout(memory);
}

/**
 * The standing of a config that has these nodes. A leader who was elected by others leads on when these have elected him,
 * too, and the others have heard of it: half of them is enough for who leads already.
 */
export function withElectorate(standing: Standing, nodes: Electorate, everyNode = nodes): Standing {
  const { memory } = standing;
  if (!memory.elected || isSameElectorate(memory.electorate, nodes)) return standing;
  // A pictl of before remembered none, and was elected by all.
  const before = memory.electorate.length === 0 ? everyNode : memory.electorate;
  if (isSameElectorate(before, nodes)) return { ...standing, memory: { ...memory, electorate: nodes } };
  const joint = safety.electorate ? distinct([...memory.joint, before, nodes]) : [];
  return { ...standing, memory: { ...memory, electorate: nodes, joint } };
}

/** What an owner remembers that has never asked. */
export function newOwner(owner: string): LeadershipMemory {
  return {
    owner,
    epoch: 0,
    elected: false,
    seen: 0,
    agreed: "",
    announced: true,
    electorate: [],
    joint: [],
    ...ofTheLayout(noMarks),
  };
}

/** A daemon that has never asked. */
export function newStanding(memory: LeadershipMemory): Standing {
  return { memory, promises: {}, restUntil: -Infinity, confirmed: false };
}

/**
 * The leader with a greater epoch, so that nodes which hear of it refuse what he sent before; and with one more frozen
 * address, if any. Only one at a time is ahead of what half of the nodes have stored; undefined: the next round has to
 * come first. Two ahead, and somebody else could be elected in between.
 */
export function raised(standing: Standing, mark?: Frozen): Standing | undefined {
  const { memory, confirmed } = standing;
  if (!memory.elected || !confirmed) return undefined;
  const frozen = mark && safety["frozen-mark"] ? withFrozen(memory.frozen, mark) : memory.frozen;
  return { ...standing, memory: { ...memory, epoch: memory.epoch + 1, frozen }, confirmed: false };
}

/** The leader without a frozen address. The epoch stays: a node that remembers it still is only too careful. */
export function thawed(standing: Standing, mark: Frozen): Standing {
  const { memory } = standing;
  return { ...standing, memory: { ...memory, frozen: withoutFrozen(memory.frozen, mark) } };
}

/**
 * The leader with a greater epoch, in which a container is placed on these nodes; as `raised` otherwise. The own config
 * shows it, or is going to.
 */
export function placing(standing: Standing, { container, nodes }: Omit<Placed, "version">): Standing | undefined {
  const next = raised(standing);
  if (!next || !safety.register) return next;
  const { memory } = next;
  const placed = withPlacement(memory.placed, { container, nodes, version: memory.epoch });
  return { ...next, memory: { ...memory, placed, seen: memory.epoch } };
}

/** The leader without what the nodes could not be had to remember: what they remembered before is `before`. */
export function notPlaced(standing: Standing, container: string, before: readonly Placed[]): Standing {
  const { memory } = standing;
  const others = memory.placed.filter((each) => each.container !== container);
  const known = before.filter((each) => each.container === container);
  return { ...standing, memory: { ...memory, placed: [...others, ...known] } };
}

/** The nodes keep the layout of our config file. */
export function agreeing(standing: Standing, agreed: string): Standing {
  return { ...standing, memory: { ...standing.memory, agreed } };
}

/** All nodes know who leads, or nothing of who led before can begin any more. */
export function announced(standing: Standing): Standing {
  return { ...standing, memory: { ...standing.memory, announced: true } };
}

/** The config file shows all that is remembered of the layout. */
export function caughtUp(standing: Standing): Standing {
  const { memory } = standing;
  return { ...standing, memory: { ...memory, seen: Math.max(memory.seen, newestVersion(memory.placed)) } };
}

/** The standing after a round, with what was raised, remembered and thawed while the answers were on their way. */
export function afterRound(current: Standing, { standing }: Pick<Judgement, "standing">): Standing {
  const { epoch, seen, agreed, announced: told } = current.memory;
  if (standing.memory.epoch > epoch) return { ...standing, memory: { ...standing.memory, seen, agreed } };
  const confirmed = standing.confirmed && standing.memory.epoch === epoch;
  const memory = { ...standing.memory, epoch, seen, agreed, announced: told, ...marksOf(current) };
  return { ...standing, memory, confirmed };
}

/**
 * Who may elect the next leader: the present nodes, those by whom this one was elected, and those who have not heard yet that they
 * are no more. Whoever is elected has won in each; so what half of each remember is known to him.
 */
export function electoratesOf({ memory }: Standing, nodes: Electorate): readonly Electorate[] {
  return distinct([nodes, memory.electorate, ...memory.joint]).filter((each) => each.length > 0);
}

/** What nodes are told to remember; who only looks, or stands in an election, leaves that as it is. */
export function toRemember(standing: Standing): Marks | undefined {
  const { elected, electorate, joint } = standing.memory;
  const electorates = distinct([electorate, ...joint]).filter((each) => each.length > 0);
  return elected ? { ...marksOf(standing), electorates } : undefined;
}

/** More than half of the nodes: no two of them are without a common node. */
export function majority(nodes: readonly unknown[]): number {
  return Math.floor(nodes.length / 2) + 1;
}

/** Half of the nodes; without one of them there is no majority. */
export function blockingSet(nodes: readonly unknown[]): number {
  return Math.ceil(nodes.length / 2);
}

/** A node read its clock after the question was sent, so its promise lasts at least as long from then on. */
function promisesAfter({ memory, promises }: Standing, round: ClaimRound): Record<string, number> {
  const known = new Map(
    Object.entries(promises).filter(([node, until]) => round.nodes.includes(node) && until > round.now),
  );
  for (const { node, sentAt, answer } of round.answers.filter((each) => round.nodes.includes(each.node))) {
    if (answer.owner === memory.owner) known.set(node, sentAt + answer.leftMs * (1 - clockDrift));
    else known.delete(node);
  }
  return Object.fromEntries(known);
}

/** The time when the first of the best half of the promises runs out; `now` when there is no such half. */
function certainUntil(promises: Readonly<Record<string, number>>, { nodes, now }: ClaimRound): number {
  const latest = Object.values(promises).sort((a, b) => b - a);
  return latest[blockingSet(nodes) - 1] ?? now;
}

import { abortable, timeLimit } from "../../abort.ts";
import type { Config } from "../../domain/config/types.ts";
import { type Claim, claimCommand, parseClaimAnswer } from "../../domain/guard/claim.ts";
import type { Electorate } from "../../domain/leadership/electorate.ts";
import type { Frozen } from "../../domain/leadership/frozen.ts";
import {
  afterRound,
  blockingSet,
  caughtUp,
  epochToClaim,
  judge,
  type Judgement,
  majority,
  newOwner,
  newStanding,
  notPlaced,
  placing,
  raised,
  type Role,
  type Standing,
  thawed,
  toRemember,
  withElectorate,
} from "../../domain/leadership/judge.ts";
import { type MissedMove, missedMoves, newlyPlaced, type Placed } from "../../domain/leadership/placed.ts";
import type { Fence } from "../../domain/guard/command.ts";
import { safety } from "../../domain/safety.ts";
import type { MayDo } from "../heartbeat/index.ts";
import type { LeadershipState, Nodes, Ports } from "../ports.ts";

/** How often a daemon asks the nodes for their promise, milliseconds. */
const renewMs = 5_000;
/** How long a node may take to answer. */
const timeoutMs = 3_000;

/** Whether this daemon may act, and in whose name it does. */
export interface Leadership {
  /** Asks every node once; at least every `renewMs`. Rejects with state-write-failed. */
  round(config: Config): Promise<Judgement>;
  /** What the last round said, as far as it still holds. */
  role(): Role;
  /** Our monotonic time until which nobody else leads; in the past for everybody but the leader. */
  until(): number;
  /** Nodes that elected another leader, too few of which answer this daemon, or are in its config: it cannot lead. */
  strange(): readonly Electorate[];
  /** For `openContext`: what this daemon's commands carry. */
  fence(): Fence;
  /**
   * From now on a greater epoch, so that nodes which hear of it refuse what was sent before. false: not before the next
   * round has found half of the nodes. Rejects with state-write-failed.
   */
  raise(): Promise<boolean>;
  /** What a majority of the nodes remembered when this owner was elected, and what it has done since. */
  frozen(): readonly Frozen[];
  /**
   * Has the nodes remember it, in a greater epoch. Resolves as soon as half of them do, so that whoever is elected next
   * knows; false: they do not, and nothing is to be done that would need it. Rejects with state-write-failed.
   */
  freeze(config: Config, mark: Frozen): Promise<boolean>;
  /**
   * Has half of the nodes remember where a container is placed, as `freeze` does, before the config says so. false: it is
   * not to be placed there. Rejects with state-write-failed.
   */
  place(config: Config, placed: Omit<Placed, "version">): Promise<boolean>;
  /** Moves that nodes remember and this config does not show: the file is older than they are. */
  missed(config: Config): readonly MissedMove[];
  /** The config file shows them now. Rejects with state-write-failed. */
  catchUp(): Promise<void>;
  /** What the leader's config places elsewhere than nodes remember, or than `before` had it. */
  changed(config: Config, before: Config): readonly Omit<Placed, "version">[];
  /** It is over; the nodes hear of it with the next round. Rejects with state-write-failed. */
  thaw(mark: Frozen): Promise<void>;
}

/**
 * What a daemon may do: who is not known to lead repairs, and each node refuses what somebody else leads. A config that is
 * older than what the nodes remember would start what has been moved.
 */
export function mayDo(leadership: Pick<Leadership, "role" | "missed">, config: Config): MayDo {
  if (leadership.missed(config).length > 0) return "nothing";
  const role = leadership.role();
  return role === "leader" ? "everything" : role === "unelected" ? "repairs" : "nothing";
}

type LeadershipPorts = Pick<Ports, "scripts" | "clock" | "signal"> & { readonly random: () => number };

/** The leadership of this state folder's owner, as it was when it last ran. Asks nobody yet. */
export async function openLeadership(ports: LeadershipPorts, state: LeadershipState): Promise<Leadership> {
  const saved = await state.memory.read();
  const { machine } = state;
  const fresh = newOwner(state.newOwner());
  // A pictl of before did not write down the boot.
  const isOurs = saved !== undefined && (saved.machine === machine || machine.startsWith(`${saved.machine} `));
  let standing = newStanding(isOurs ? saved : fresh);
  let judged: Omit<Judgement, "standing" | "elect"> = { role: "standby", until: -Infinity, placed: [], strange: [] };
  const keep = async (next: Standing): Promise<void> => {
    standing = next;
    await state.memory.write({ ...next.memory, machine });
  };
  const round = async (config: Config): Promise<Judgement> => {
    const judgement = await claimLeadership(ports, { config, standing, nodes: state.nodes });
    judged = judgement;
    await keep(afterRound(standing, judgement));
    return judgement;
  };
  /** One after the other: each needs an epoch that half of the nodes have stored. */
  let remembering: Promise<unknown> = Promise.resolve();
  const inTurn = (work: () => Promise<boolean>): Promise<boolean> => {
    const mine = remembering.then(work);
    remembering = mine.catch(() => undefined);
    return mine;
  };
  /** Has half of the nodes remember what `change` adds; where they do not, `undone` takes it out again. */
  const remember = async (
    config: Config,
    change: (standing: Standing) => Standing | undefined,
    undone: (standing: Standing) => Standing,
  ): Promise<boolean> => {
    if (!standing.confirmed) await round(config);
    const next = change(standing);
    if (!next) return false;
    await keep(next);
    // Where our own memory of it is lost with this process, the others must be too few to lead on without it.
    const { nodes } = config;
    const enough = state.memory.isSaved?.() === false ? majority(nodes) : blockingSet(nodes);
    const stored = await enoughStore(ports, { config, standing: next, nodes: state.nodes }, enough);
    if (!stored) await keep(undone(standing));
    else if (standing.memory.epoch === next.memory.epoch) await keep({ ...standing, confirmed: true });
    return stored;
  };
  return {
    round,
    role: () => (judged.role === "leader" && judged.until <= ports.clock.monotonic() ? "unelected" : judged.role),
    until: () => judged.until,
    strange: () => judged.strange,
    fence: () => ({ owner: standing.memory.owner, epoch: standing.memory.epoch }),
    async raise() {
      const next = raised(standing);
      if (next) await keep(next);
      return next !== undefined;
    },
    frozen: () => standing.memory.frozen,
    freeze: (config, mark) =>
      inTurn(() =>
        remember(
          config,
          (current) => raised(current, mark),
          (current) => thawed(current, mark),
        ),
      ),
    place: (config, placed) =>
      inTurn(() => {
        const before = standing.memory.placed;
        return remember(
          config,
          (current) => placing(current, placed),
          (current) => notPlaced(current, placed.container, before),
        );
      }),
    missed: ({ placements }) => missedMoves(placements, judged.placed, standing.memory.seen),
    catchUp: () => keep(caughtUp(standing)),
    changed: (config, before) => newlyPlaced(config.placements, before.placements, standing.memory.placed),
    thaw: (mark) => keep(thawed(standing, mark)),
  };
}

/** Has a round every `renewMs` until `leave` is aborted and the one in hand has ended. Rejects as `round` does. */
export async function keepLeading(
  { clock }: Pick<Ports, "clock">,
  { round, leave }: { readonly round: () => Promise<unknown>; readonly leave: AbortSignal },
): Promise<void> {
  for (;;) {
    await clock.sleep(renewMs, leave).catch(() => undefined);
    if (leave.aborted) return;
    await round();
  }
}

interface ClaimInput {
  readonly config: Config;
  readonly standing: Standing;
  readonly nodes: Nodes;
}

/**
 * One round of leadership: every node is asked at once for its promise, and once more when that makes an election
 * possible. A node that cannot be asked is one that did not answer.
 */
async function claimLeadership(ports: LeadershipPorts, input: ClaimInput): Promise<Judgement> {
  const standing = withElectorate(input.standing, namesOf(input.config));
  const first = await claimAll(ports, input, standing, epochToClaim(standing));
  if (first.elect === undefined) return first;
  const second = await claimAll(ports, input, first.standing, first.elect);
  // Before it leads, those who elected the one before hear who elects from now on.
  const tells = second.standing.memory.elected && second.standing.memory.joint.length > 0;
  return tells ? claimAll(ports, input, second.standing, second.standing.memory.epoch) : second;
}

async function claimAll(
  ports: LeadershipPorts,
  input: ClaimInput,
  standing: Standing,
  epoch: number,
): Promise<Judgement> {
  const { config } = input;
  const answers = await Promise.all(askAll(ports, input, standing, epoch));
  return judge(standing, {
    nodes: namesOf(config),
    ttlMs: promiseMs(config),
    epoch,
    answers: answers.filter((answer) => answer !== undefined),
    now: ports.clock.monotonic(),
    random: ports.random(),
  });
}

function namesOf({ nodes }: Config): readonly string[] {
  return nodes.map(({ name }) => name);
}

type Answer = Parameters<typeof judge>[1]["answers"][number];

/** Every node's answer; undefined when it cannot be asked or does not answer. None of them rejects. */
function askAll(
  ports: LeadershipPorts,
  input: ClaimInput,
  standing: Standing,
  epoch: number,
): readonly Promise<Answer | undefined>[] {
  const asked = { owner: standing.memory.owner, epoch, marks: toRemember(standing) };
  return input.config.nodes.map((node) => claim(ports, input, node, asked).catch(() => undefined));
}

/** Whether so many nodes store what this leader has them remember; resolves as soon as that is certain. */
function enoughStore(ports: LeadershipPorts, input: ClaimInput, enough: number): Promise<boolean> {
  const asked = askAll(ports, input, input.standing, input.standing.memory.epoch);
  return new Promise((resolve) => {
    let stored = 0;
    let open = asked.length;
    for (const each of asked) {
      void each.then((answer) => {
        open -= 1;
        if (answer?.answer.claimed === true) stored += 1;
        if (stored >= enough) resolve(true);
        else if (stored + open < enough) resolve(false);
      });
    }
  });
}

/** Longer than any lease that is granted on the strength of it, and than two rounds that fail. */
function promiseMs({ vips }: Config): number {
  return Math.max(...vips.map(({ mode, leaseMs }) => (mode === "lease" ? leaseMs : 0)), renewMs) + 2 * renewMs;
}

/**
 * The login becomes root: what a node remembers must be where every other login of the cluster looks. One that cannot
 * gets no promise, and so never leads.
 */
async function claim(
  { scripts, clock, signal: stop }: LeadershipPorts,
  { config, nodes }: ClaimInput,
  node: Config["nodes"][number],
  asked: Pick<Claim, "owner" | "epoch" | "marks">,
): Promise<Answer | undefined> {
  const until = clock.monotonic() + timeoutMs;
  const { signal, dispose, expired } = timeLimit(clock, timeoutMs, stop);
  try {
    const connection = await nodes.connect(node, signal);
    const [guard, late, { root, sudo }] = await abortable(
      Promise.all([scripts.read("guard.sh"), connection.clock(), connection.privilege()]),
      signal,
    );
    // Each login would have a promise of its own, in its own home.
    if (safety["one-memory"] && !root && !sudo) return undefined;
    const sentAt = clock.monotonic();
    const { cluster } = config;
    const command = claimCommand(guard, { ...asked, cluster, ttlMs: promiseMs(config) }, { clock: late, until });
    const outcome = await connection.run(command, { sudo: !root && sudo, timeoutMs, signal });
    const answer = outcome.status === "ok" ? parseClaimAnswer(outcome.stdout, clock.monotonic()) : undefined;
    return answer && { node: node.name, sentAt, answer };
  } catch (error) {
    // A line that was cut while it was in use stays silent for long after it has healed.
    if (expired()) nodes.discard(node.name);
    throw error;
  } finally {
    dispose();
  }
}

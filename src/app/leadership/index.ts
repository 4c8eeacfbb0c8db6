import type { Config } from "../../domain/config/types.ts";
import type { Electorate } from "../../domain/leadership/electorate.ts";
import type { Frozen } from "../../domain/leadership/frozen.ts";
import {
  afterRound,
  agreeing,
  caughtUp,
  type Judgement,
  newOwner,
  newStanding,
  notPlaced,
  placing,
  raised,
  type ControllerRole,
  type Standing,
  thawed,
} from "../../domain/leadership/judge.ts";
import { type MissedMove, missedMoves, newlyPlaced, type Placed } from "../../domain/leadership/placed.ts";
import type { Difference } from "../../domain/leadership/shared.ts";
import { isHeld, isWon } from "../../domain/leadership/electorate.ts";
import type { Fence } from "../../domain/guard/command.ts";
import { safety } from "../../domain/safety.ts";
import type { MayDo } from "../heartbeat/index.ts";
import type { LeadershipState, Ports } from "../ports.ts";
import { openAnnouncing } from "./announcing.ts";
import { claimLeadership, type ClaimPorts, enoughStore, type Inability, renewMs } from "./claim.ts";

/** Whether this daemon may act, and in whose name it does. */
export interface Leadership {
  /** Asks every node once; at least every `renewMs`. Rejects with state-write-failed. */
  round(config: Config): Promise<Judgement>;
  /** What the last round said, as far as it still holds. */
  role(): ControllerRole;
  /** Our monotonic time until which nobody else leads; in the past for everybody but the leader. */
  until(): number;
  /**
   * Our monotonic time until which a change may be begun: for who leads as long as nobody else does, for repairs also while
   * nobody is known to lead; in the past for everybody else.
   */
  lease(what: Exclude<MayDo, "nothing">): number;
  /** Nodes that elected another leader, too few of which answer this daemon, or are in its config: it cannot lead. */
  strange(): readonly Electorate[];
  /**
   * Nothing of who led before may begin any more: every node has been told of the present epoch, or a command's window has
   * passed since the election.
   */
  isAlone(): boolean;
  /** The digest of the layout that nodes and our config file last had in common. */
  agreed(): string;
  /** They have this one. Rejects with state-write-failed. */
  agree(digest: string): Promise<void>;
  /** A leader has read what the one before has left. */
  isReconciled(): boolean;
  /** `difference`: of our layout from what was left, when that is the later one. */
  reconciled(difference: Difference | undefined): void;
  behind(): Difference | undefined;
  /** Nodes that answered last and cannot promise anything, and why. */
  unable(): ReadonlyMap<string, Inability>;
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
export function mayDo(
  leadership: Pick<Leadership, "role" | "isAlone" | "isReconciled" | "behind" | "missed">,
  config: Config,
): MayDo {
  if (leadership.missed(config).length > 0) return "nothing";
  if (leadership.behind() !== undefined && config.staleConfig === "refuse") return "nothing";
  const role = leadership.role();
  if (role === "leader" && !leadership.isReconciled()) return "nothing";
  if (role === "standby") return "nothing";
  return role === "leader" && leadership.isAlone() ? "everything" : "repairs";
}

type LeadershipPorts = ClaimPorts & Pick<Ports, "nodes" | "concurrency">;

/** The leadership of this state folder's owner, as it was when it last ran. Asks nobody yet. */
export async function openLeadership(ports: LeadershipPorts, state: LeadershipState): Promise<Leadership> {
  const saved = await state.memory.read();
  const { machine } = state;
  // That is about our config file, whoever wrote it down.
  const fresh = { ...newOwner(state.newOwner()), agreed: saved?.agreed ?? "" };
  // A pictl of before did not write down the boot.
  const isOurs = saved !== undefined && (saved.machine === machine || machine.startsWith(`${saved.machine} `));
  let standing = newStanding(isOurs ? saved : fresh);
  let judged: Omit<Judgement, "standing" | "elect"> = {
    role: "standby",
    until: -Infinity,
    placed: [],
    told: [],
    strange: [],
    heard: [],
  };
  const keep = async (next: Standing): Promise<void> => {
    standing = next;
    await state.memory.write({ ...next.memory, machine });
  };
  const unable = new Map<string, Inability>();
  const claiming = {
    nodes: state.nodes,
    cannot: (node: string, why: Inability | undefined): void => {
      if (why) unable.set(node, why);
      else unable.delete(node);
    },
  };
  let reconciled = false;
  let behind: Difference | undefined;
  const announcing = openAnnouncing(ports, { standing: () => standing, keep, cannot: claiming.cannot });
  const round = async (config: Config): Promise<Judgement> => {
    const { epoch } = standing.memory;
    const judgement = await claimLeadership(ports, { config, standing, ...claiming });
    judged = judgement;
    const { elected, epoch: now } = judgement.standing.memory;
    if (elected && now > epoch) announcing.elected();
    if (!elected || now > epoch) [reconciled, behind] = [false, undefined];
    await keep(afterRound(standing, judgement));
    if (judgement.role === "leader") await announcing.go(config, judgement);
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
    const isEnough = state.memory.isSaved?.() === false ? isWon : isHeld;
    const stored = await enoughStore(ports, { config, standing: next, ...claiming }, isEnough);
    if (!stored) await keep(undone(standing));
    else if (standing.memory.epoch === next.memory.epoch) await keep({ ...standing, confirmed: true });
    return stored;
  };
  const role = (): ControllerRole =>
    judged.role === "leader" && judged.until <= ports.clock.monotonic() ? "unelected" : judged.role;
  return {
    round,
    role,
    until: () => judged.until,
    isAlone: () => standing.memory.announced || !safety.announced,
    agreed: () => standing.memory.agreed,
    async agree(digest) {
      if (standing.memory.agreed !== digest) await keep(agreeing(standing, digest));
    },
    isReconciled: () => reconciled,
    reconciled(difference) {
      [reconciled, behind] = [true, difference];
    },
    behind: () => behind,
    unable: () => unable,
    lease: (what) => {
      if (role() === "leader") return judged.until;
      return what === "repairs" && role() === "unelected" ? Infinity : -Infinity;
    },
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

/**
 * Leads on while `work` goes on, however long it takes: a promise is good for seconds. Rejects as it does, or as `round`.
 */
export async function leadWhile<T>(
  ports: Pick<Ports, "clock">,
  round: () => Promise<unknown>,
  work: () => Promise<T>,
): Promise<T> {
  const over = new AbortController();
  const leading = keepLeading(ports, { round, leave: over.signal });
  // What it rejects with is told in the end.
  leading.catch(() => undefined);
  try {
    return await work();
  } finally {
    over.abort();
    await leading;
  }
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

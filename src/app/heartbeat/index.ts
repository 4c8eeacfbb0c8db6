import type { Config } from "../../domain/config/types.ts";
import type { Failure } from "../../domain/errors.ts";
import { decide } from "../../domain/heartbeat/decide.ts";
import type { Action, CheckRow, Decision } from "../../domain/heartbeat/decision.ts";
import type { NodeFacts } from "../../domain/heartbeat/facts.ts";
import type { PastMove } from "../../domain/heartbeat/memory.ts";
import type { Placed } from "../../domain/leadership/placed.ts";
import { record } from "../kit/record.ts";
import type { ConfigStore, HeartbeatPorts } from "../ports.ts";
import { openActions, type Permission } from "./actions.ts";
import { openInHand } from "./in-hand.ts";
import { openMemory } from "./memory.ts";
import { openRoundSight } from "./observe/round-sight.ts";
import { tellFailing } from "./tell-failing.ts";
import { openTroubles } from "./troubles.ts";

/** `nothing`: look and count. */
export type MayDo = Permission | "nothing";

/** One round, and what it began. */
export interface Round {
  readonly nodes: Readonly<Record<string, NodeFacts>>;
  readonly rows: readonly CheckRow[];
  readonly actions: readonly Action[];
  readonly isolated: boolean;
  /** Resolves when everything that this round began has ended; never rejects. What went wrong is in the event log too. */
  readonly done: Promise<readonly Failure[]>;
}

export interface Heartbeat {
  /** Observe, decide, begin to do. Rejects only with interrupted and state-write-failed. */
  round(options: {
    readonly config: Config;
    /** `nothing`: only look and decide. Nothing is done, told or remembered. */
    readonly mayDo: MayDo;
    /** Asked after looking: whether this process stood still since the last round began. */
    readonly stalled: () => boolean;
    /** What is wrong with the config file, if it is: then it cannot be written, and `config` is an older one. */
    readonly configProblem?: string | undefined;
  }): Promise<Round>;
  /** Moves away from failing nodes, with times of the wall clock. */
  moves(): readonly PastMove[];
  /** Moves of another daemon, which count like our own. */
  learn(moves: readonly PastMove[]): void;
  /** Resolves when nothing is being done any more, hooks included. */
  settled(): Promise<void>;
}

/**
 * The heartbeat with its memory. Rounds follow each other and never overlap; what a round began may go on during the
 * next ones, which leave that container alone. `counts: "anew"` is for a daemon's start: what was counted before it
 * was not counted by it.
 */
export function openHeartbeat(
  ports: HeartbeatPorts,
  {
    store,
    counts,
    place = () => Promise.resolve(true),
    lease = () => Infinity,
    leave = () => [],
  }: {
    readonly store: ConfigStore;
    readonly counts: "anew" | "kept";
    /**
     * Has the nodes remember where a container is moved to; false: they do not, and it is not to be moved. Missing where
     * nobody else can lead.
     */
    readonly place?: (placed: Omit<Placed, "version">) => Promise<boolean>;
    /** Our monotonic time until which this may be done, asked before each change. */
    readonly lease?: (what: Permission) => number;
    /** Containers that are looked at, and left as they are. */
    readonly leave?: () => readonly string[];
  },
): Heartbeat {
  const sight = openRoundSight(ports);
  const memory = openMemory(ports, counts);
  const inHand = openInHand(ports, () => sight.silent());
  const troubles = openTroubles();
  let certainlyDead: ReadonlySet<string> = new Set();
  const actions = openActions({
    ...{ store, place, lease, memory, inHand, troubles },
    certainlyDead: () => certainlyDead,
  });

  const tell = async (config: Config, { events, changes }: Decision): Promise<void> => {
    await Promise.all(events.map((event) => record(ports, event)));
    for (const change of changes) inHand.meanwhile(tellFailing(ports, config, change));
  };

  return {
    async round({ config, mayDo, stalled, configProblem }) {
      if (!memory.isRecalled() && counts === "anew") await sight.gather(config);
      await memory.recall();
      // What ends while we look may have been seen before its end, and decided on a config of before.
      const busy = inHand.containers();
      const { at, nodes, checks, dead, open, generations } = await sight.look(config, {
        remembers: mayDo !== "nothing",
      });
      const hopeless = actions.hopeless(dead);
      const stood = stalled();
      // As it is now: a move that an earlier round began may have ended meanwhile.
      const decision = decide(config, memory.now(), {
        ...{ at, nodes, checks, generations },
        // What is hopeless counts as failing.
        busy: new Set([...busy.filter((container) => !hopeless.includes(container)), ...open.unsettled, ...leave()]),
        underWay: actions.underWay(),
        stalled: stood,
        ...(configProblem === undefined ? {} : { configProblem }),
      });
      // What this process saw is not believed when it stood still.
      certainlyDead = stood ? new Set() : dead;
      const isolated = decision.memory.isolated !== null;
      const round = { nodes, rows: troubles.told(decision.rows), actions: decision.actions, isolated };
      if (mayDo === "nothing") return { ...round, done: Promise.resolve([]) };
      await memory.keep(decision.memory);
      await tell(config, decision);
      if (!isolated && !stood) inHand.giveUpOn(dead);
      const moves = open.settleable.filter(({ container }) => !busy.includes(container));
      const done = isolated
        ? Promise.resolve([])
        : actions.begin(config, { actions: decision.actions, moves, dead, mayDo });
      return { ...round, done };
    },
    moves: () => memory.moves(),
    learn(moves) {
      memory.learn(moves);
    },
    settled: () => inHand.settled(),
  };
}

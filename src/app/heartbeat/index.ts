import type { Config } from "../../domain/config/types.ts";
import { noGenerations } from "../../domain/container/copies/generations.ts";
import { latestBelieved } from "../../domain/container/copies/ownership.ts";
import { type Failure, toFailure } from "../../domain/errors.ts";
import { decide } from "../../domain/heartbeat/decide.ts";
import type { Action, CheckRow } from "../../domain/heartbeat/decision.ts";
import type { NodeFacts } from "../../domain/heartbeat/facts.ts";
import type { PastMove } from "../../domain/heartbeat/memory.ts";
import type { Placed } from "../../domain/leadership/placed.ts";
import { safety } from "../../domain/safety.ts";
import { noteGenerations } from "../copies/generations.ts";
import { leased } from "../leadership/leased.ts";
import { tellFailing } from "./tell-failing.ts";
import type { ConfigStore, HeartbeatPorts } from "../ports.ts";
import { record } from "../kit/record.ts";
import { cleanUp } from "./clean-up.ts";
import { openFailOvers } from "./fail-over/fail-overs.ts";
import { openInHand } from "./in-hand.ts";
import { gather, lookAtCluster } from "./observe/look.ts";
import type { KnownNodes } from "./observe/look-at-node.ts";
import { openMemory } from "./memory.ts";
import { type OpenMove, openMoves, settleQuietly } from "./open-moves.ts";
import { repair } from "./repair.ts";
import { openTroubles } from "./troubles.ts";

/** `nothing`: look and count. `repairs`: restart what fails where it is, but move and remove nothing. */
export type MayDo = "everything" | "repairs" | "nothing";

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
    readonly lease?: (what: Exclude<MayDo, "nothing">) => number;
    /** Containers that are looked at, and left as they are. */
    readonly leave?: () => readonly string[];
  },
): Heartbeat {
  const known: KnownNodes = { addresses: new Map(), boots: new WeakMap() };
  const memory = openMemory(ports, counts);
  let silent: ReadonlySet<string> = new Set();
  let certainlyDead: ReadonlySet<string> = new Set();
  const inHand = openInHand(ports, () => silent);
  const troubles = openTroubles();

  const bound = (own: HeartbeatPorts, what: Exclude<MayDo, "nothing">): HeartbeatPorts =>
    safety.lease ? { ...own, nodes: leased(own.nodes, () => lease(what)) } : own;

  const failOvers = openFailOvers({
    store,
    place,
    memory,
    inHand,
    troubles,
    bound: (own) => bound(own, "everything"),
    certainlyDead: () => certainlyDead,
  });

  const doOne = async (own: HeartbeatPorts, config: Config, action: Action): Promise<void> => {
    switch (action.do) {
      case "clean-up":
        return cleanUp(bound(own, "everything"), { config, copy: action });
      case "fail-over":
        return failOvers.carryOut(own, action);
      default:
        return noting(action, () => repair(bound(own, "repairs"), { config, action }));
    }
  };

  const noting = async (
    action: Extract<Action, { readonly node: string }>,
    work: () => Promise<void>,
  ): Promise<void> => {
    try {
      await work();
      troubles.note("repair", action, undefined);
    } catch (error) {
      troubles.note("repair", action, `${action.do} was in vain: ${toFailure(error).message}`);
      throw error;
    }
  };

  return {
    async round({ config, mayDo, stalled, configProblem }) {
      if (!memory.isRecalled() && counts === "anew") await gather(ports, config, known);
      await memory.recall();
      const at = ports.clock.monotonic();
      // What ends while we look may have been seen before its end, and decided on a config of before.
      const busyBefore = inHand.containers();
      const { nodes, checks } = await lookAtCluster(ports, config, {
        intervalMs: config.heartbeat.intervalMs,
        known,
      });
      silent = new Set(Object.keys(nodes).filter((name) => nodes[name]?.state === "silent"));
      const dead = deadNodes(nodes);
      const open = await openMoves(ports, config, nodes);
      const generations =
        mayDo === "nothing" ? await ports.generations.read() : await noteGenerations(ports, config, nodes);
      const given = generations ?? noGenerations;
      const busy = new Set([...busyBefore, ...inHand.containers()]);
      // What is being repaired on a dead node never will be: its failures count.
      const hopeless = inHand.needing(dead).filter((container) => !failOvers.isUnderWay(container));
      const stood = stalled();
      // As it is now: a move that an earlier round began may have ended meanwhile.
      const decision = decide(config, memory.now(), {
        at,
        nodes,
        checks,
        busy: new Set([
          ...[...busy].filter((container) => !hopeless.includes(container)),
          ...open.unsettled,
          ...leave(),
        ]),
        underWay: failOvers.underWay(),
        generations: { ...given, latest: latestBelieved(ports.clock.now(), given.last) },
        stalled: stood,
        ...(configProblem === undefined ? {} : { configProblem }),
      });
      // What this process saw is not believed when it stood still.
      certainlyDead = stood ? new Set() : dead;
      const isolated = decision.memory.isolated !== null;
      const { actions } = decision;
      const rows = troubles.told(decision.rows);
      if (mayDo === "nothing") return { nodes, rows, actions, isolated, done: Promise.resolve([]) };
      await memory.keep(decision.memory);
      await Promise.all(decision.events.map((event) => record(ports, event)));
      for (const change of decision.changes) inHand.meanwhile(tellFailing(ports, config, change));
      if (!isolated && !stood) inHand.giveUpOn(dead);
      const settle = ({ container, cause }: OpenMove): Promise<readonly Failure[]> =>
        inHand.begin(container, { cause }, (own) =>
          settleQuietly(bound(own, "everything"), { config, container, dead }),
        );
      const all = mayDo === "everything";
      const begun = isolated
        ? []
        : [
            ...open.settleable.filter(({ container }) => all && !busy.has(container)).map(settle),
            ...actions
              .filter((action) => all || repairs.has(action.do))
              .map((action) =>
                inHand.begin(action.container, { cause: action.cause, needs: neededBy(action) }, (own) =>
                  doOne(own, config, action),
                ),
              ),
          ];
      return { nodes, rows, actions, isolated, done: Promise.all(begun).then((failures) => failures.flat()) };
    },
    moves: () => memory.moves(),
    learn(moves) {
      memory.learn(moves);
    },
    settled: () => inHand.settled(),
  };
}

const repairs: ReadonlySet<Action["do"]> = new Set<Action["do"]>(["start", "restart", "create"]);

function neededBy(action: Action): string | undefined {
  if (action.do === "fail-over") return action.nodeDead ? undefined : action.from;
  return action.node;
}

function deadNodes(nodes: Readonly<Record<string, NodeFacts>>): ReadonlySet<string> {
  const dead = Object.entries(nodes).filter(
    ([, facts]) => facts.state === "silent" && facts.seenBy.length === 0 && facts.missedBy.length > 0,
  );
  return new Set(dead.map(([name]) => name));
}

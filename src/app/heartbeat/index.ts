import type { Config, NodeSpec } from "../../domain/config/types.ts";
import { isOurs } from "../../domain/container/ownership.ts";
import { type Failure, PictlError, toFailure } from "../../domain/errors.ts";
import { type Action, type CheckRow, decide, type FailOverAction } from "../../domain/heartbeat/decide.ts";
import type { NodeFacts, WantedMove } from "../../domain/heartbeat/facts.ts";
import { type Memory, noMemory, rebase, withoutCounts } from "../../domain/heartbeat/memory.ts";
import { settlement } from "../../domain/move/journal.ts";
import { noteGenerations } from "../generations.ts";
import { runHooks } from "../hooks.ts";
import { settleMoves } from "../move/settle.ts";
import type { ConfigStore, HeartbeatPorts } from "../ports.ts";
import { record } from "../record.ts";
import { cleanUp } from "./clean-up.ts";
import { failOver } from "./fail-over.ts";
import { lookAround } from "./look.ts";
import { repair } from "./repair.ts";

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
  }): Promise<Round>;
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
  { store, counts }: { readonly store: ConfigStore; readonly counts: "anew" | "kept" },
): Heartbeat {
  const addresses = new Map<string, string>();
  const busy = new Map<string, Promise<unknown>>();
  const underWay = new Map<string, WantedMove>();
  const queues = new Map<string, Promise<unknown>>();
  const hooks = new Set<Promise<void>>();
  let memory: Memory | undefined;
  let silent: ReadonlySet<string> = new Set();

  /** With the decision as the cause of what is done, and without waiting for nodes that did not answer just now. */
  const caused = ({ cause }: Pick<Action, "cause">): HeartbeatPorts => ({
    ...ports,
    ...answering(ports, silent),
    actor: { who: ports.actor.who, cause },
  });

  const remember = async (next: Memory): Promise<void> => {
    memory = next;
    await ports.memory.write({ memory: next, monotonic: ports.clock.monotonic(), now: ports.clock.now() });
  };

  const recall = async (): Promise<Memory> => {
    const saved = await ports.memory.read();
    if (!saved) return noMemory;
    const now = ports.clock.monotonic();
    // Between two processes only the wall clock knows how much time has passed; it may have been set back.
    const passedMs = Math.max(0, ports.clock.now() - saved.now);
    const shifted = rebase(saved.memory, { shiftMs: now - saved.monotonic - passedMs, now });
    return counts === "anew" ? withoutCounts({ ...shifted, nodes: {} }) : shifted;
  };

  const oneAtATime = async <T>(host: string, work: () => Promise<T>): Promise<T> => {
    const before = queues.get(host) ?? Promise.resolve();
    const mine = before.then(work, work);
    queues.set(
      host,
      mine.catch(() => undefined),
    );
    return mine;
  };

  const meanwhile = (work: Promise<void>): void => {
    hooks.add(work);
    void work.finally(() => hooks.delete(work));
  };

  const carryOutFailOver = async (action: FailOverAction): Promise<void> => {
    const { container, from, nodeDead } = action;
    underWay.set(container, { container, from, nodeDead });
    try {
      const host = await failOver(caused(action), { action, store, oneAtATime, meanwhile });
      const at = ports.clock.monotonic();
      const known = memory ?? noMemory;
      await remember({
        ...known,
        moves: [...known.moves, { container, from, at, nodeDead, moved: host !== undefined }],
      });
    } finally {
      underWay.delete(container);
    }
  };

  const doOne = async (config: Config, action: Action): Promise<void> => {
    switch (action.do) {
      case "clean-up":
        return cleanUp(caused(action), { config, copy: action });
      case "fail-over":
        return carryOutFailOver(action);
      default:
        return repair(caused(action), { config, action });
    }
  };

  /** Begins work on a container; the rounds until its end leave the container alone. */
  const begin = (container: string, work: () => Promise<void>): Promise<readonly Failure[]> => {
    const before = busy.get(container) ?? Promise.resolve();
    const doing = before.then(work).then(
      () => [],
      (error: unknown) => [toFailure(error, { container })],
    );
    busy.set(container, doing);
    void doing.then(() => {
      if (busy.get(container) === doing) busy.delete(container);
    });
    return doing;
  };

  return {
    async round({ config, mayDo, stalled }) {
      const known = memory ?? (await recall());
      const at = ports.clock.monotonic();
      // What ends while we look may have been seen before its end, and decided on a config of before.
      const busyBefore = [...busy.keys()];
      const { nodes, checks } = await lookAround(ports, config, { intervalMs: config.heartbeat.intervalMs, addresses });
      silent = new Set(Object.keys(nodes).filter((name) => nodes[name]?.state === "silent"));
      const open = await openMoves(ports, config, nodes);
      const inHand = new Set([...busyBefore, ...busy.keys()]);
      const decision = decide(config, known, {
        at,
        nodes,
        checks,
        busy: new Set([...inHand, ...open.unsettled]),
        underWay: [...underWay.values()],
        stalled: stalled(),
      });
      const isolated = decision.memory.isolated !== null;
      const { rows, actions } = decision;
      if (mayDo === "nothing") return { nodes, rows, actions, isolated, done: Promise.resolve([]) };
      const copies = Object.values(nodes).flatMap((facts) => (facts.state === "up" ? facts.containers : []));
      await noteGenerations(
        ports,
        copies.filter((facts) => isOurs(facts, config.cluster)),
      );
      await remember(decision.memory);
      const told = await Promise.all(decision.events.map((event) => record(ports, event)));
      for (const event of told.filter((each) => each.type === "heartbeat.failed")) {
        meanwhile(runHooks(ports, { config, hook: "onHeartbeatFailure", event }));
      }
      const settle = ({ container, cause }: OpenMove): Promise<readonly Failure[]> =>
        begin(container, () => settleQuietly(caused({ cause }), { config, container, dead: deadNodes(nodes) }));
      const all = mayDo === "everything";
      const begun = isolated
        ? []
        : [
            ...open.settleable.filter(({ container }) => all && !inHand.has(container)).map(settle),
            ...actions
              .filter((action) => all || repairs.has(action.do))
              .map((action) => begin(action.container, () => doOne(config, action))),
          ];
      return { nodes, rows, actions, isolated, done: Promise.all(begun).then((failures) => failures.flat()) };
    },
    async settled() {
      while (busy.size + hooks.size > 0) await Promise.all([...busy.values(), ...hooks]);
    },
  };
}

/** Ports to which nodes that did not answer just now are unreachable at once. */
const repairs: ReadonlySet<Action["do"]> = new Set<Action["do"]>(["start", "restart", "create"]);

function answering(
  { nodes, engines }: HeartbeatPorts,
  silent: ReadonlySet<string>,
): Pick<HeartbeatPorts, "nodes" | "engines"> {
  const refused = <T>({ name: node }: NodeSpec): Promise<T> =>
    Promise.reject(new PictlError("node-unreachable", `${node} does not answer.`, { node }));
  return {
    nodes: {
      connect: (node, signal) => (silent.has(node.name) ? refused(node) : nodes.connect(node, signal)),
      discard: (node) => {
        nodes.discard(node);
      },
      close: () => nodes.close(),
    },
    engines: { on: (node, signal) => (silent.has(node.name) ? refused(node) : engines.on(node, signal)) },
  };
}

/**
 * Moves in the journal that have not ended: `unsettled` ones keep everybody else off the container; `settleable` ones
 * can be finished or undone now. One that only waits for a node to come back holds nobody up.
 */
async function openMoves(
  ports: HeartbeatPorts,
  config: Config,
  nodes: Readonly<Record<string, NodeFacts>>,
): Promise<{ unsettled: readonly string[]; settleable: readonly OpenMove[] }> {
  const sorted = (await ports.journal.read()).map((move) => {
    const places = config.placements.filter((each) => each.container === move.container).map((each) => each.node);
    const waitsFor = settlement(move, places) === "finish" ? move.from : move.step === "undone" ? move.to : undefined;
    const cause = waitsFor === undefined ? "the move was cut off" : `${waitsFor} answers again`;
    return { container: move.container, cause, waitsFor, can: waitsFor === undefined || isUp(nodes, waitsFor) };
  });
  return {
    unsettled: sorted.filter((move) => move.waitsFor === undefined).map((move) => move.container),
    settleable: sorted.filter((move) => move.can),
  };
}

interface OpenMove {
  readonly container: string;
  /** Why it is settled now. */
  readonly cause: string;
}

/** A node that has left the config has nothing left to be done on it. */
function isUp(nodes: Readonly<Record<string, NodeFacts>>, name: string): boolean {
  return nodes[name] === undefined || nodes[name].state === "up";
}

function deadNodes(nodes: Readonly<Record<string, NodeFacts>>): ReadonlySet<string> {
  const dead = Object.entries(nodes).filter(
    ([, facts]) => facts.state === "silent" && facts.seenBy.length === 0 && facts.missedBy.length > 0,
  );
  return new Set(dead.map(([name]) => name));
}

/** A move that another process is in the middle of holds the locks, and is none of ours. */
async function settleQuietly(
  ports: HeartbeatPorts,
  { config, container, dead }: { config: Config; container: string; dead: ReadonlySet<string> },
): Promise<void> {
  try {
    await settleMoves(ports, config, [container], dead);
  } catch (error) {
    if (!(error instanceof PictlError && error.code === "lock-held")) throw error;
  }
}

import type { VolumeMount } from "../docker/facts.ts";
import type { NodeFacts, WantedMove } from "./facts.ts";
import type { Failing } from "./checks/failing.ts";

/** What is carried from round to round, and over a restart as JSON. Times are of a clock that never goes back. */
export interface Memory {
  readonly lastRoundAt: number | null;
  /** By `container@node`. */
  readonly trials: Readonly<Record<string, Trial>>;
  readonly nodes: Readonly<Record<string, NodeMemory>>;
  /** The volumes of containers that may fail over, as last seen, by `container@node`: a dead node cannot be asked. */
  readonly volumes: Readonly<Record<string, readonly VolumeMount[]>>;
  /** Containers that somebody wants stopped, as last seen, by `container@node`: who and since when, in words. */
  readonly stopped: Readonly<Record<string, string>>;
  /** Since when the controller believes itself cut off, and how many rounds have been clean since. */
  readonly isolated: { readonly since: number; readonly cleanRounds: number } | null;
  /** Moves away from a failing node, the newest last. */
  readonly moves: readonly PastMove[];
  /** What was last told of a subject, so that a lasting state is one event. */
  readonly told: Readonly<Record<string, string>>;
  /** Which checks have been told to fail. */
  readonly failing: Failing;
}

/** How a container has been doing since its check last succeeded. */
export interface Trial {
  /** Consecutive completed checks that failed. */
  readonly failures: number;
  /** Restarts since then. */
  readonly restarts: number;
  readonly lastRestartAt: number | null;
  /** Failures while it may still have been starting, since it was restarted or first failed. */
  readonly starting?: { readonly since: number; readonly failures: number };
}

export interface NodeMemory {
  readonly state: NodeFacts["state"];
  readonly since: number;
  readonly bootId: string | null;
}

export interface PastMove extends WantedMove {
  readonly at: number;
  /** false: tried, and the container is where it was. */
  readonly moved: boolean;
}

export const noMemory: Memory = {
  lastRoundAt: null,
  trials: {},
  nodes: {},
  volumes: {},
  stopped: {},
  isolated: null,
  moves: [],
  told: {},
  failing: {},
};

export const freshTrial: Trial = { failures: 0, restarts: 0, lastRestartAt: null };

/** Counts start anew: after a start of the daemon, and whenever this process stood still. */
export function withoutCounts(memory: Memory): Memory {
  return { ...memory, trials: {} };
}

/**
 * The memory with its times moved onto another clock: what was `ageMs` ago then is as long ago now. Nothing is ever
 * in the future.
 */
export function rebase(memory: Memory, { shiftMs, now }: { shiftMs: number; now: number }): Memory {
  const moved = (time: number): number => Math.min(time + shiftMs, now);
  const movedOrNull = (time: number | null): number | null => (time === null ? null : moved(time));
  return {
    lastRoundAt: movedOrNull(memory.lastRoundAt),
    trials: mapValues(memory.trials, (trial) => ({
      ...trial,
      lastRestartAt: movedOrNull(trial.lastRestartAt),
      ...(trial.starting && { starting: { ...trial.starting, since: moved(trial.starting.since) } }),
    })),
    nodes: mapValues(memory.nodes, (node) => ({ ...node, since: moved(node.since) })),
    volumes: memory.volumes,
    stopped: memory.stopped,
    isolated: memory.isolated && { ...memory.isolated, since: moved(memory.isolated.since) },
    moves: memory.moves.map((move) => ({ ...move, at: moved(move.at) })),
    told: memory.told,
    failing: memory.failing,
  };
}

function mapValues<V>(record: Readonly<Record<string, V>>, change: (value: V) => V): Record<string, V> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]));
}

/** With moves that somebody else tells of, the newest last; what is known is not there twice, though clocks differ a little. */
export function withMoves(known: readonly PastMove[], others: readonly PastMove[]): readonly PastMove[] {
  const isKnown = (move: PastMove): boolean =>
    known.some(
      ({ container, from, at }) =>
        container === move.container && from === move.from && Math.abs(at - move.at) < sameMoveMs,
    );
  return [...known, ...others.filter((move) => !isKnown(move))].sort((one, other) => one.at - other.at);
}

const sameMoveMs = 60_000;

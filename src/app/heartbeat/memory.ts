import {
  type Memory,
  noMemory,
  type PastMove,
  rebase,
  withMoves,
  withoutCounts,
} from "../../domain/heartbeat/memory.ts";
import type { HeartbeatPorts } from "../ports.ts";

/** What the heartbeat remembers from round to round, and over a restart. */
export interface HeartbeatMemory {
  /** Whether there has been a round. */
  isRecalled(): boolean;
  /** With what has been learnt since; what was written before, at first. Rejects as reading it does. */
  recall(): Promise<void>;
  now(): Memory;
  /** Durable before it resolves. Rejects with state-write-failed. */
  keep(next: Memory): Promise<void>;
  /** Moves away from failing nodes, with times of the wall clock. */
  moves(): readonly PastMove[];
  /** Moves of another daemon, which count like our own. */
  learn(moves: readonly PastMove[]): void;
}

/** `counts: "anew"` is for a daemon's start: what was counted before it was not counted by it. */
export function openMemory(
  { memory: file, clock }: Pick<HeartbeatPorts, "memory" | "clock">,
  counts: "anew" | "kept",
): HeartbeatMemory {
  let memory: Memory | undefined;
  let learnt: readonly PastMove[] = [];
  const toWall = clock.now() - clock.monotonic();

  const read = async (): Promise<Memory> => {
    const saved = await file.read();
    if (!saved) return noMemory;
    const now = clock.monotonic();
    // Between two processes only the wall clock knows how much time has passed; it may have been set back.
    const passedMs = Math.max(0, clock.now() - saved.now);
    // A pictl of before may have remembered less.
    const known = { ...noMemory, ...saved.memory };
    const shifted = rebase(known, { shiftMs: now - saved.monotonic - passedMs, now });
    return counts === "anew" ? withoutCounts({ ...shifted, nodes: {} }) : shifted;
  };

  return {
    isRecalled: () => memory !== undefined,
    async recall() {
      const known = memory ?? (await read());
      memory = { ...known, moves: withMoves(known.moves, learnt) };
      learnt = [];
    },
    now: () => memory ?? noMemory,
    async keep(next) {
      memory = next;
      await file.write({ memory: next, monotonic: clock.monotonic(), now: clock.now() });
    },
    moves: () => withMoves(memory?.moves ?? [], learnt).map((move) => ({ ...move, at: Math.round(move.at + toWall) })),
    learn(moves) {
      const now = clock.monotonic();
      learnt = withMoves(
        learnt,
        moves.map((move) => ({ ...move, at: Math.min(move.at - toWall, now) })),
      );
    },
  };
}

import type { Memory } from "../../domain/heartbeat/memory.ts";
import type { StateFile } from "./state.ts";

/** What the heartbeat needs beyond what every use case does. */
export interface HeartbeatState {
  /** What is carried from round to round, over restarts too. */
  readonly memory: StateFile<SavedMemory>;
  /** From 0 to 1, for the choice of a host. */
  readonly random: () => number;
  readonly machine: {
    /** Tells a node that runs on this very machine. */
    readonly bootId: string;
  };
}

/** The memory on disk, with both clocks at the time it was written: the monotonic one begins anew with each process. */
export interface SavedMemory {
  readonly memory: Memory;
  readonly monotonic: number;
  readonly now: number;
}

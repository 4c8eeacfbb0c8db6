import type { Config } from "../../domain/config/types.ts";
import type { EnvVariable } from "../../domain/container/environment/variables.ts";
import type { ContainerFacts, StopMark } from "../../domain/docker/facts.ts";
import type { DataPlace } from "../../domain/move/data-commands.ts";
import type { MoveRecord } from "../../domain/move/journal.ts";
import type { MovePlan } from "../../domain/move/plan.ts";
import type { PlaceOptions } from "../place/index.ts";
import type { ConfigStore, Nodes, ProgressStep } from "../ports.ts";
import type { Side } from "./side.ts";

export interface MoveOptions extends PlaceOptions {
  readonly store: ConfigStore;
  /** Start the new one before the old one stops. */
  readonly overlap: boolean;
  readonly copyVolumes: boolean;
  /** Asks whether data on the old node may stay behind; throws confirmation-missing when nobody can be asked. */
  readonly mayLeaveData: (question: string) => Promise<boolean>;
  readonly waitMs: number;
  readonly dryRun: boolean;
  /** The layout names the new node already: the journal says when the move has come about, and not the config. */
  readonly origin?: "apply";
  /** Asked under the locks, with what both nodes have: rejects where that is not what the move was planned for. */
  readonly asPlanned?: (seen: {
    readonly from: readonly ContainerFacts[];
    readonly to: readonly ContainerFacts[];
    /** Of what is wanted. */
    readonly digest: string;
  }) => void;
  /**
   * What is known of the old node. `dead`: peers confirm it, so that nobody waits for it; `answers`: a move while it
   * does not answer is refused, since its copy may be running. Not said: it is tried, and taken for dead when silent.
   */
  readonly sourceIs?: "dead" | "answers";
  /** The nodes for undoing it, where the move itself may come to an end that this does not share. */
  readonly undoing?: Nodes;
}

export interface Moving extends MoveOptions {
  readonly config: Config;
  readonly plan: MovePlan;
  readonly step: ProgressStep;
}

/** The two ends of a move; the old one may be dead. */
export interface Ends {
  readonly source: Side | undefined;
  readonly target: Side;
}

export interface Switching extends Moving, Ends {
  /** Asked before each step that changes something there. Rejects with connection-lost once the lock is ours no more. */
  readonly stillLocked: (node: string) => Promise<void>;
  /** What its `env_file` says. */
  readonly fromFile: readonly EnvVariable[];
  /** All that it gets by stdin. */
  readonly environment: readonly EnvVariable[];
}

export interface Replacing extends Switching {
  readonly move: MoveRecord;
  readonly old: ContainerFacts | undefined;
  /** Somebody wants it stopped: the new copy is made, and stays so. */
  readonly rests: StopMark | undefined;
  /** Gets each place before anything is written there. */
  readonly copied: DataPlace[];
  /** What `refuseUncopyable` resolved to. */
  readonly powers: ReadonlySet<string>;
}

import type { Placement } from "../../domain/config/types.ts";
import type { CreatePlan } from "../../domain/container/create.ts";
import type { ContainerFacts, ImageFacts } from "../../domain/docker/facts.ts";

type Place = Pick<Placement, "container" | "node">;

/** What is found under its lock where something is planned. */
export interface Seen {
  readonly facts: ContainerFacts | undefined;
  /** What is about to be done, and what is wanted; not of what is removed. */
  readonly wanted?: {
    readonly plan: CreatePlan;
    readonly digest: string;
    readonly images: readonly ImageFacts[];
    readonly placement: Placement;
  };
}

/** Work on several containers that is part of something larger (`apply`), which knows what comes before what. */
export interface Conducted {
  /** Throws plan-stale where what is there is not what was planned for. */
  asPlanned(place: Place, seen: Seen): void;
  /**
   * Waits for what comes before, does the work, and tells what comes after how it ended. Rejects with rollout-stopped
   * where what comes before has failed.
   */
  inTurn<T>(place: Place, work: () => Promise<T>): Promise<T>;
  /** It will not be done: what comes after does not wait for it. */
  leftOut(place: Place): void;
}

import type { Config, Placement } from "../config/types.ts";
import type { Generations } from "../container/copies/generations.ts";
import type { Wish } from "../container/drift/drift.ts";
import type { NodeState } from "../container/status.ts";
import type { ImageDeclares } from "../docker/facts.ts";
import type { Failure } from "../errors.ts";
import type { MoveRecord } from "../move/journal.ts";
import type { Swap } from "../place/swap.ts";
import type { Basis } from "./basis.ts";

/** In the order in which they are told. */
export const stepKinds = ["build", "deliver", "pull", "remove", "move", "create", "start", "replace"] as const;

export type StepKind = (typeof stepKinds)[number];

/** One thing that is to be done so that the nodes are what the config says. Nothing in it is secret. */
export interface PlanStep {
  /** `replace web@n1`: the same in every plan of the same thing. */
  readonly id: string;
  readonly kind: StepKind;
  readonly container: string;
  readonly node: string;
  /** Where a container that moves is now, or where its image is from. */
  readonly from?: string;
  /** The container on the node whose place it takes, with its volumes: it has this name in the layout no more. */
  readonly renames?: string;
  /** Nothing is wrong with it but that what it has something of is made anew. */
  readonly follows?: true;
  /** In the words of `status`, old → new. */
  readonly why: string;
  /** What becomes of data, one sentence's end each; none where none is at stake. */
  readonly data: readonly string[];
  /** It leaves data of its own behind, which nobody has agreed to yet. */
  readonly leavesData?: true;
  /** The steps that must have come about before. */
  readonly after: readonly string[];
  /** How a new copy takes the place of the old one, as far as it is known now; null where there is no old one. */
  readonly swap: Swap["kind"] | null;
  /** What was seen, and what is wanted: the step is good for just that. */
  readonly basis: Basis;
}

export interface Plan {
  /** In an order in which they can be done. */
  readonly steps: readonly PlanStep[];
  /** What is not as wanted, and why nothing is done about it. */
  readonly failures: readonly Failure[];
}

export interface PlanOptions {
  /** Containers that the layout does not have are removed. */
  readonly removes: boolean;
  /** A person says that no copy is newer than the config. */
  readonly newest: boolean;
  /** Moves copy volumes and folders. */
  readonly copyVolumes: boolean;
}

export interface PlanInput extends PlanOptions {
  readonly config: Pick<Config, "cluster" | "nodes" | "placements" | "heartbeat">;
  /** Which containers are planned; undefined for all. */
  readonly only?: ReadonlySet<string> | undefined;
  /** What the nodes have that answer. */
  readonly states: ReadonlyMap<string, NodeState>;
  /** Nodes that were asked and are not among them. */
  readonly silent: readonly string[];
  readonly wish: (placement: Placement) => Wish;
  /** Digest of the folder that it is built from; undefined where nobody here can read it. */
  readonly folder: (placement: Placement) => string | undefined;
  readonly declares: (node: string, imageId: string) => ImageDeclares | undefined;
  /** That have not ended. */
  readonly moves: readonly MoveRecord[];
  readonly generations: Generations;
  /** What nodes had when they were last looked at. */
  readonly inhabited: readonly { readonly name: string; readonly containers: readonly string[] }[];
}

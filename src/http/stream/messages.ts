import type { ImageRow } from "../../app/images.ts";
import type { NodeRow } from "../../app/nodes.ts";
import type { ConfigProblem } from "../../domain/config/types.ts";
import type { Failure } from "../../domain/errors.ts";
import type { PictlEvent } from "../../domain/events/event.ts";
import type { MoveRecord } from "../../domain/move/journal.ts";
import type {
  LiveContainer,
  LiveDaemon,
  LiveDocker,
  LiveHeartbeat,
  LiveJob,
  LiveNode,
  LiveVip,
} from "../../watch/model.ts";

/**
 * One thing that a client of `/stream` wants: it sends `{"subscribe": [...]}`, all that it wants from now on. `stats`: what the containers use, too. `logs`: of these containers (`web@n1`), the last so many lines and what comes.
 */
export type StreamTopic =
  | "cluster"
  | "stats"
  | { readonly logs: readonly string[]; readonly tail?: number; readonly grep?: string };

/**
 * What it gets. `seq` counts up by one: a client that misses one asks anew. The first of the cluster has all of it, each
 * later one only what has changed; null takes a row away.
 */
export type StreamMessage =
  | {
      readonly seq: number;
      readonly kind: "cluster";
      readonly atMs: number;
      readonly first: boolean;
      readonly parts: Parts;
    }
  | { readonly seq: number; readonly kind: "lines"; readonly lines: readonly object[] }
  | { readonly seq: number; readonly kind: "lines-ended"; readonly failures: readonly Failure[] }
  | { readonly seq: number; readonly kind: "refused"; readonly failure: Failure };

/** The cluster as the console shows it: what `--json` prints, with times, and no secret. */
export interface Parts {
  readonly cluster?: string;
  readonly config?: ConfigPart;
  readonly nodes?: Readonly<Record<string, NodePart | null>>;
  /** The rows' order, where it is another. */
  readonly nodeOrder?: readonly string[];
  readonly containers?: Readonly<Record<string, LiveContainer | null>>;
  readonly containerOrder?: readonly string[];
  readonly vips?: readonly LiveVip[];
  readonly daemon?: LiveDaemon;
  readonly heartbeat?: LiveHeartbeat;
  readonly moves?: MovesPart;
  readonly jobs?: readonly LiveJob[];
  /** Those that are new, the newest last. */
  readonly events?: readonly PictlEvent[];
}

export interface ConfigPart {
  readonly path: string;
  readonly problems: readonly ConfigProblem[];
  readonly failure: Failure | null;
  readonly seenAtMs: number | null;
  readonly heartbeat: { readonly automatic: boolean; readonly intervalMs: number; readonly failoverAfter: number };
  readonly commands: readonly string[];
  readonly kibana: string | null;
  /** `container: nodes` of `container_host_constraints`. */
  readonly hosts: Readonly<Record<string, readonly string[]>>;
}

export interface NodePart extends Pick<LiveNode, "node" | "state" | "sinceMs" | "failure" | "seenAtMs" | "use"> {
  readonly facts: NodeRow;
  readonly address: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly docker: Pick<LiveDocker, "state" | "failure" | "seenAtMs" | "hears">;
  readonly images: readonly ImageRow[];
}

export interface MovesPart {
  readonly open: readonly Pick<MoveRecord, "container" | "from" | "to" | "step" | "startedAt" | "who">[];
  readonly failure: Failure | null;
}

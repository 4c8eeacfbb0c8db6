import type { DaemonRow } from "../app/daemon/status.ts";
import type { ImageRow } from "../app/images.ts";
import type { NodeRow } from "../app/nodes.ts";
import type { StatusRow } from "../app/status.ts";
import type { VipRow } from "../app/vip/show.ts";
import type { Config, ConfigProblem, NodeSpec } from "../domain/config/types.ts";
import type { NodeState } from "../domain/container/status.ts";
import type { Wish } from "../domain/container/drift/drift.ts";
import type { EngineInfo, PublishedPort } from "../domain/docker/facts.ts";
import type { Failure } from "../domain/errors.ts";
import type { PictlEvent } from "../domain/events/event.ts";
import type { PastMove } from "../domain/heartbeat/memory.ts";
import type { MoveRecord } from "../domain/move/journal.ts";

/**
 * The cluster as it is known at this moment, for everything that shows it while it moves. A value: every change makes a
 * new one, in which what has not changed is the same object as before. All times are of this machine's wall clock,
 * milliseconds since the epoch; `seenAtMs` says when the thing was last looked at, null when it never was: then what
 * stands beside it is what the config says.
 */
export interface Model {
  readonly cluster: string;
  readonly config: LiveConfig;
  /** By name, in the order of the config: those of the config, and no others. */
  readonly nodes: ReadonlyMap<string, LiveNode>;
  /** By address, in the order of the config. */
  readonly vips: ReadonlyMap<string, LiveVip>;
  readonly daemon: LiveDaemon;
  readonly heartbeat: LiveHeartbeat;
  /** Moves that have not ended, those that wait for a node too. */
  readonly moves: LiveMoves;
  /** Runs of changing operations of this process, the newest last. */
  readonly jobs: readonly LiveJob[];
  /** The last events of the log, the newest last; at most `keptEvents`. */
  readonly events: readonly PictlEvent[];
}

/** How many events a model holds. */
export const keptEvents = 500;

export interface LiveConfig {
  /** The last good one: what everything else is compared with. */
  readonly config: Config;
  readonly path: string;
  /** Errors and warnings of the file as it is now, in the order of the text. With errors, `config` is an older one. */
  readonly problems: readonly ConfigProblem[];
  /** Why the file cannot be read at all; null when it can. */
  readonly failure: Failure | null;
  /** When the file was last read. */
  readonly seenAtMs: number | null;
  /** What is wanted of each placement as far as this machine knows, by `container@node`; it holds secrets. */
  readonly wishes: ReadonlyMap<string, Wish>;
}

export interface LiveNode {
  readonly node: string;
  readonly spec: NodeSpec;
  /**
   * `connecting`: nobody has heard of it since somebody began to look. `silent`: it did not answer when it was last
   * asked. `refused`: it answers, and does not let us in.
   */
  readonly state: "connecting" | "answering" | "silent" | "refused";
  /** Since when it is in this state. */
  readonly sinceMs: number;
  /** Why it is `silent` or `refused`; null otherwise. */
  readonly failure: Failure | null;
  /** When it last answered. */
  readonly seenAtMs: number | null;
  /** The row of `pictl nodes`, as the node last told it. */
  readonly facts: NodeRow;
  /** What it uses, as it last told; null when it has not yet told twice. */
  readonly use: LiveNodeUse | null;
  readonly docker: LiveDocker;
  /** By the container's name: those that the config wants there, in its order, and then the strays. */
  readonly containers: ReadonlyMap<string, LiveContainer>;
  /** The rows of `pictl images`, as Docker last told them (`docker.seenAtMs`). */
  readonly images: readonly ImageRow[];
}

export interface LiveNodeUse {
  /** 100 is one processor fully used. */
  readonly cpuPercent: number | null;
  readonly memoryBytes: number | null;
  readonly memoryLimitBytes: number | null;
  readonly networkRxBytesPerSecond: number | null;
  readonly networkTxBytesPerSecond: number | null;
  /** The hottest of its sensors; null where it has none. */
  readonly temperatureCelsius: number | null;
}

export interface LiveDocker {
  /** `silent`: the node answers and its Docker does not, or it does not let us. */
  readonly state: "connecting" | "answering" | "silent";
  readonly failure: Failure | null;
  /** When all of it was last looked at. */
  readonly seenAtMs: number | null;
  /** Its events are heard as they happen; without, changes show with the next full look. */
  readonly hears: boolean;
  readonly info: EngineInfo | null;
  /** All that it has, other clusters' too, as last told. Variables in it are secret. */
  readonly found: NodeState | null;
}

/** A container that is wanted, or a stray: the row of `pictl status`, with what more is known. */
export interface LiveContainer extends StatusRow {
  /** `container@node`, which names it in the whole cluster. */
  readonly key: string;
  /** What it was when its node last told; null while the node answers, and when it never did. Then `state` is `unknown`. */
  readonly last: Pick<StatusRow, "state" | "detail"> | null;
  readonly ports: readonly PublishedPort[];
  readonly memoryLimitBytes: number | null;
  readonly networkRxBytesPerSecond: number | null;
  readonly networkTxBytesPerSecond: number | null;
  /** When what it uses was last measured; that is done only for what somebody watches. */
  readonly useAtMs: number | null;
  readonly seenAtMs: number | null;
}

/** The row of `pictl vip show`. Before the first look it has no candidates. */
export interface LiveVip extends VipRow {
  /** Who has it now, as the nodes tell every few seconds: more than one is a fault. */
  readonly holders: readonly string[];
  /** Of its holder at `seenAtMs`; null for an address without an end, or without a holder. */
  readonly leaseSecondsLeft: number | null;
  /** What is wrong with it, in the words of `pictl vip show`. */
  readonly failures: readonly Failure[];
  readonly seenAtMs: number | null;
}

export interface LiveDaemon {
  /** The row of `pictl daemon status`; null when no daemon runs on this machine. */
  readonly row: DaemonRow | null;
  readonly failures: readonly Failure[];
  readonly seenAtMs: number | null;
}

export interface LiveHeartbeat {
  /** What a daemon checks, failing ones first. */
  readonly checks: readonly LiveCheck[];
  /** Moves away from failing nodes, the newest last, with the time in `at`. */
  readonly failovers: readonly PastMove[];
  /** Since when the daemon believes that this machine is cut off; null when it does not. */
  readonly isolatedSinceMs: number | null;
  readonly lastRoundAtMs: number | null;
  /** When what the daemon remembers was last read; null: no daemon has written anything. */
  readonly seenAtMs: number | null;
}

export interface LiveCheck {
  /** `container@node` */
  readonly key: string;
  readonly container: string;
  readonly node: string;
  readonly kind: string;
  /** Failures in a row; 0 when it succeeds, or was never made. */
  readonly failures: number;
  /** How often the container was restarted since the check last succeeded. */
  readonly restarts: number;
  readonly lastRestartAtMs: number | null;
  /** What the last failed check saw; null when it does not fail. */
  readonly message: string | null;
  /** What the daemon's last round decided on for it, or why on nothing; null when it does not fail, or no daemon tells. */
  readonly decision: string | null;
  /** Why what the daemon last tried for it was in vain; null when it was not. */
  readonly trouble: string | null;
}

export interface LiveMoves {
  readonly open: readonly MoveRecord[];
  /** Why the journal cannot be read; null when it can. */
  readonly failure: Failure | null;
  readonly seenAtMs: number | null;
}

/** One run of a changing operation, as every face shows it. */
export interface LiveJob {
  readonly id: string;
  /** The operation's id: `container.move`. */
  readonly operation: string;
  /** For people: `move web to n3`. */
  readonly title: string;
  readonly who: string;
  /** Through which face: `tui`, `web`, `api`. */
  readonly face: string;
  readonly state: "running" | "succeeded" | "failed" | "interrupted";
  readonly startedAtMs: number;
  readonly endedAtMs: number | null;
  /** What it last said of itself. */
  readonly progress: string | null;
  readonly failures: readonly Failure[];
}

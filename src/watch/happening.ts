import type { DaemonRow } from "../app/daemon/status.ts";
import type { VipRow } from "../app/vip/show.ts";
import type { Config, ConfigProblem } from "../domain/config/types.ts";
import type { Wish } from "../domain/container/drift/drift.ts";
import type { NodeState } from "../domain/container/status.ts";
import type { ContainerFacts, EngineInfo, ImageFacts, StopMark } from "../domain/docker/facts.ts";
import type { Failure } from "../domain/errors.ts";
import type { PictlEvent } from "../domain/events/event.ts";
import type { Memory } from "../domain/heartbeat/memory.ts";
import type { MoveRecord } from "../domain/move/journal.ts";
import type { NodeProbe } from "../domain/node/probe.ts";
import type { LiveContainer, LiveJob, LiveNodeUse } from "./model.ts";

/** What somebody has seen, each at `atMs` of this machine's wall clock. Together they make the model (`reduce`). */
export type Happening = { readonly atMs: number } & (
  | ConfigHappening
  | NodeHappening
  | DockerHappening
  | VipHappening
  | { readonly kind: "daemon"; readonly row: DaemonRow | null; readonly failures: readonly Failure[] }
  /** What the daemon remembers, with its times on the wall clock; null when there is nothing. */
  | { readonly kind: "heartbeat"; readonly memory: Memory | null }
  | { readonly kind: "moves"; readonly open: readonly MoveRecord[]; readonly failure: Failure | null }
  | { readonly kind: "jobs"; readonly jobs: readonly LiveJob[] }
  /** New in the log, the newest last. */
  | { readonly kind: "events"; readonly events: readonly PictlEvent[] }
);

export type ConfigHappening =
  /** The file was read: `config` is undefined when it has errors. */
  {
    readonly kind: "config";
    readonly config: Config | undefined;
    readonly wishes: ReadonlyMap<string, Wish> | undefined;
    readonly problems: readonly ConfigProblem[];
    readonly failure: Failure | null;
  };

export type NodeHappening =
  /** Somebody begins to look, after nobody did. */
  | { readonly kind: "looking" }
  | {
      readonly kind: "node-answered";
      readonly node: string;
      readonly probe: NodeProbe;
      readonly use: LiveNodeUse | null;
      /** Whether each virtual IP is there, and for how many seconds more; Infinity without an end. */
      readonly vips: ReadonlyMap<string, number>;
    }
  | { readonly kind: "node-lost"; readonly node: string; readonly failure: Failure };

export type DockerHappening =
  /** A look at all of it. */
  | { readonly kind: "docker-looked"; readonly node: string; readonly found: NodeState; readonly info: EngineInfo }
  | { readonly kind: "docker-lost"; readonly node: string; readonly failure: Failure }
  | { readonly kind: "docker-hears"; readonly node: string; readonly hears: boolean }
  /** A look at what its events named: undefined for what is gone. */
  | {
      readonly kind: "docker-changed";
      readonly node: string;
      readonly containers: ReadonlyMap<string, ContainerFacts | undefined>;
      readonly images?: readonly ImageFacts[];
      readonly marks?: readonly StopMark[];
    }
  /** By container id. */
  | { readonly kind: "use"; readonly node: string; readonly uses: ReadonlyMap<string, LiveUse> };

export type LiveUse = Pick<
  LiveContainer,
  "cpuPercent" | "memoryBytes" | "memoryLimitBytes" | "networkRxBytesPerSecond" | "networkTxBytesPerSecond"
>;

export interface VipHappening {
  readonly kind: "vip";
  readonly row: VipRow;
  readonly failures: readonly Failure[];
}

import type { Config } from "../domain/config/types.ts";
import type { Generations } from "../domain/container/copies/generations.ts";
import type { DaemonState } from "../domain/daemon.ts";
import type { PictlEvent } from "../domain/events/event.ts";
import type { Fence } from "../domain/guard/command.ts";
import type { History } from "../domain/history/records.ts";
import type { InhabitedNodes } from "../domain/node/left-behind.ts";
import type { Checks, Hooks } from "./ports/checks.ts";
import type { EditableConfigStore, Secrets } from "./ports/config.ts";
import type { HostKeys, Nodes } from "./ports/connection.ts";
import type { HeartbeatState } from "./ports/heartbeat.ts";
import type { BuildContexts, Engines } from "./ports/docker.ts";
import type { ImageStore } from "./ports/images.ts";
import type { LeadershipState } from "./ports/leadership.ts";
import type { Notices } from "./ports/notices.ts";
import type { Registries } from "./ports/registry.ts";
import type { EventLog, Journal, SharedState, StateFile } from "./ports/state.ts";
import type { SavedVip, VipRequests, VipState } from "./ports/vip.ts";
import type { Clock, Controller, Progress, Scripts } from "./ports/surroundings.ts";

export type * from "./ports/access.ts";
export type * from "./ports/checks.ts";
export type * from "./ports/config.ts";
export type * from "./ports/connection.ts";
export type * from "./ports/docker.ts";
export type * from "./ports/elastic.ts";
export type * from "./ports/heartbeat.ts";
export type * from "./ports/images.ts";
export type * from "./ports/leadership.ts";
export type * from "./ports/notices.ts";
export type * from "./ports/registry.ts";
export type * from "./ports/state.ts";
export type * from "./ports/surroundings.ts";
export type * from "./ports/vip.ts";

/** Everything the use cases need from outside. `src/context.ts` fills it; `test/fakes` has the stand-ins. */
export interface Ports {
  readonly nodes: Nodes;
  readonly engines: Engines;
  readonly contexts: BuildContexts;
  readonly imageStore: ImageStore;
  readonly secrets: Secrets;
  readonly registries: Registries;
  readonly events: EventLog;
  readonly journal: Journal;
  readonly generations: SharedState<Generations>;
  /** Which copies were put in place from this machine. */
  readonly history: SharedState<History>;
  /** Which nodes had our containers when they were last looked at. */
  readonly inhabited: SharedState<InhabitedNodes>;
  readonly checks: Checks;
  readonly hooks: Hooks;
  /** The config as its file says now, for decisions that must not be made by an older one. */
  readonly latestConfig: () => Promise<Config>;
  readonly scripts: Scripts;
  readonly clock: Clock;
  readonly progress: Progress;
  /** Aborted by Ctrl-C and by the deadline of the whole command. */
  readonly signal: AbortSignal;
  /** How many nodes are worked on at a time. */
  readonly concurrency: number;
  /** Stamped on every event: `user@host`, the command that caused it, and how it was asked for. */
  readonly actor: Actor;
}

export interface Actor extends Pick<PictlEvent, "who" | "face" | "job" | "address"> {
  readonly cause: string;
}

/** Ports for what watches the cluster. */
export interface HeartbeatPorts extends Ports, HeartbeatState {}

/** Ports for what keeps a virtual IP where it belongs. */
export interface VipPorts extends Ports, VipState {}

/** The cluster of one config file: what a face has opened once, and every operation works with. */
export interface OpenCluster {
  /** As its file was when it was opened. */
  readonly config: Config;
  readonly store: EditableConfigStore;
  readonly ports: HeartbeatPorts & VipPorts & { readonly notices: Notices };
  readonly hostKeys: HostKeys;
  readonly controller: Controller;
  readonly daemon: {
    /** What this machine knows of who leads, over restarts. */
    readonly leadership: LeadershipState;
    /** What `pictl daemon status` reads. */
    readonly state: StateFile<DaemonState>;
    /** Only one process at a time watches a cluster from this machine. Rejects with lock-held, naming the other. */
    readonly lock: () => Promise<{ release(): Promise<void> }>;
    /** What is remembered of a virtual IP. */
    readonly vip: (ip: string) => StateFile<SavedVip>;
    /** What somebody wants of a virtual IP by hand, left for the daemon. */
    readonly vipRequests: VipRequests;
    /** Which process watches it. */
    readonly holder: () => Promise<{ readonly pid: number; readonly host: string } | undefined>;
    /** What one tells that began with this config under another name of the cluster. */
    readonly ofOldName: () => Promise<DaemonState | undefined>;
  };
  /**
   * Its connections are used until the function returned is called; a minute after the last one, the idle ones are closed.
   * Without it they stay open.
   */
  readonly use?: () => () => void;
  /** Another one of the same options, with connections of its own, whose commands are given in the name of a leader. */
  fenced(fence: () => Fence | undefined): Promise<OpenCluster & { close(): Promise<void> }>;
}

import type { Config } from "../../domain/config/types.ts";
import type { DaemonState } from "../../domain/daemon.ts";
import type { Fence } from "../../domain/guard/command.ts";
import type { HeartbeatPorts, VipPorts } from "../ports.ts";
import type { EditableConfigStore } from "./config.ts";
import type { HostKeys } from "./connection.ts";
import type { LeadershipState } from "./leadership.ts";
import type { Notices } from "./notices.ts";
import type { StateFile } from "./state.ts";
import type { Controller } from "./surroundings.ts";
import type { SavedVip, VipRequests } from "./vip.ts";

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

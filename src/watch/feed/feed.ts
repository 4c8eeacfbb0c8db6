import type { Config, NodeSpec } from "../../domain/config/types.ts";
import type { DaemonState } from "../../domain/daemon.ts";
import type { ConfigStore, Controller, HeartbeatPorts, SavedVip, StateFile, VipPorts } from "../../app/ports.ts";
import type { Board } from "../board.ts";

/** What a live model is fed from: the context of a command is one. */
export interface LiveSources {
  readonly config: Config;
  readonly store: Pick<ConfigStore, "path" | "read" | "stamp">;
  readonly ports: HeartbeatPorts & VipPorts;
  readonly controller: Pick<Controller, "lookAtStateDir">;
  /** Its connections are used until the function returned is called. Without it they stay open. */
  readonly use?: () => () => void;
  readonly daemon: {
    readonly state: StateFile<DaemonState>;
    readonly vip: (ip: string) => StateFile<SavedVip>;
    readonly holder: () => Promise<{ readonly pid: number; readonly host: string } | undefined>;
    readonly ofOldName: () => Promise<DaemonState | undefined>;
  };
}

/** What every loop that feeds the model has: its ports, whose signal ends it, and the board that it tells. */
export interface Feed {
  readonly ports: HeartbeatPorts & VipPorts;
  readonly board: Board;
}

export interface NodeFeed extends Feed {
  readonly node: NodeSpec;
}

/** `ms` and up to a tenth more, so that a hundred nodes are not asked in one moment. */
export function spread({ ports }: Feed, ms: number): number {
  return ms * (1 + ports.random() / 10);
}

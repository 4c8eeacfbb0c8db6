import type {
  Ask,
  Controller,
  EditableConfigStore,
  HeartbeatPorts,
  HostKeys,
  LeadershipState,
  Notices,
  SavedVip,
  StateFile,
  VipPorts,
  VipRequests,
} from "../app/ports.ts";
import type { Config } from "../domain/config/types.ts";
import type { DaemonState } from "../domain/daemon.ts";
import type { Fence } from "../domain/guard/command.ts";

/** What a face has opened once, and every operation works with: `openContext` of src/context.ts gives it. */
export interface Workshop {
  /** As it was when the face began. */
  readonly config: Config;
  readonly store: EditableConfigStore;
  readonly ports: HeartbeatPorts & VipPorts & { readonly notices: Notices };
  readonly hostKeys: HostKeys;
  readonly controller: Controller;
  readonly daemon: {
    readonly leadership: LeadershipState;
    readonly state: StateFile<DaemonState>;
    readonly vip: (ip: string) => StateFile<SavedVip>;
    readonly vipRequests: VipRequests;
    readonly lock: () => Promise<{ release(): Promise<void> }>;
    readonly ofOldName: () => Promise<DaemonState | undefined>;
    readonly holder: () => Promise<{ readonly pid: number; readonly host: string } | undefined>;
  };
  /** Its connections are used until the function returned is called. Without it they stay open. */
  readonly use?: () => () => void;
  /** The same with connections of its own, whose commands are given in the name of a leader. */
  fenced(fence: () => Fence | undefined): Promise<Workshop & { close(): Promise<void> }>;
}

/** What a face gives an operation to run with. */
export interface RunContext extends Workshop {
  /** Asked where the input has no `confirm`; without it nobody is. */
  readonly ask?: Ask;
  /** Without it an operation that `streams` has its rows in its result. */
  readonly rows?: RowSink;
}

/** What one run of an operation works with. */
export interface OperationContext extends Workshop {
  /** As its file says now. */
  readonly config: Config;
  /** Answers the questions of a use case. */
  readonly ask: Ask;
  /** Gets the rows of an operation that `streams`. */
  readonly rows: RowSink;
}

export interface RowSink {
  /** While a returned promise is pending, the reader is behind. */
  row(row: object): void | Promise<void>;
  /** Nothing more is there for the moment. */
  idle(): void | Promise<void>;
}

import type { FailingChange } from "./checks/failing.ts";
import type { CheckFact, WantedMove } from "./facts.ts";
import type { Memory } from "./memory.ts";
import type { StaleCopy } from "./stale.ts";

/** What a round asks to be done. Each is about one container and safe to repeat. */
export type Action =
  | ({ readonly do: "clean-up"; readonly cause: string } & StaleCopy)
  | {
      readonly do: "start" | "restart" | "create";
      readonly container: string;
      readonly node: string;
      readonly cause: string;
    }
  | ({ readonly do: "fail-over"; readonly hosts: readonly string[]; readonly cause: string } & WantedMove);

export type FailOverAction = Extract<Action, { do: "fail-over" }>;

export interface DecidedEvent {
  readonly type: string;
  readonly node?: string;
  readonly container?: string;
  readonly after?: unknown;
  readonly error?: string;
}

/** One check of the round, for people. */
export interface CheckRow extends Pick<CheckFact, "container" | "node" | "ok" | "message" | "durationMs"> {
  readonly kind: string;
  /** Consecutive failures, this one included. */
  readonly failures: number;
  /** What is decided, or why nothing is: `restart`, `fail over to n2 or n3`, a rule. Empty when all is well. */
  readonly decision: string;
  /** Why what was last tried for it was in vain. */
  readonly trouble?: string;
}

export interface Decision {
  readonly memory: Memory;
  readonly actions: readonly Action[];
  readonly events: readonly DecidedEvent[];
  readonly rows: readonly CheckRow[];
  /** Which checks have begun to fail and which fail no more, for who is told of that. */
  readonly changes: readonly FailingChange[];
}

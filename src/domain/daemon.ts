import type { NodeFacts } from "./heartbeat/facts.ts";

/** What a running daemon tells of itself, for `pictl daemon status`. */
export interface DaemonState {
  readonly pid: number;
  readonly host: string;
  readonly configPath: string;
  readonly version: string;
  /** RFC 3339, UTC. */
  readonly startedAt: string;
  /** null while it runs; undefined where an older version has written this. */
  readonly stoppedAt?: string | null;
  readonly heartbeat: { readonly automatic: boolean; readonly intervalMs: number };
  /** What is wrong with the config file, so that the daemon goes by the last good one. */
  readonly configProblem?: string | undefined;
  /** undefined before the first one has ended. */
  readonly lastRound?:
    | {
        readonly at: string;
        readonly isolated: boolean;
        readonly nodes: Readonly<Record<string, NodeFacts["state"]>>;
        /** `decision`: what was decided on, or why nothing was. `trouble`: why what was last tried for it was in vain. */
        readonly failing: readonly {
          readonly container: string;
          readonly node: string;
          readonly message: string;
          readonly decision?: string | undefined;
          readonly trouble?: string | undefined;
        }[];
      }
    | undefined;
}

import type { Ask, OpenCluster } from "../app/ports.ts";
import type { Config } from "../domain/config/types.ts";

/** What a face gives an operation to run with. */
export interface RunContext extends OpenCluster {
  /** Asked where the input has no `confirm`; without it nobody is. */
  readonly ask?: Ask;
  /** Without it an operation that `streams` has its rows in its result. */
  readonly rows?: RowSink;
}

/** What one run of an operation works with. */
export interface OperationContext extends OpenCluster {
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

import type { Failure } from "../../domain/errors.ts";

/**
 * What every use case returns. `result` has one plural key that names its rows; `failures` is everything that did
 * not go well, per node or container. `exitCode` overrides the one the failures ask for (`exec`: the worst node's).
 */
export interface Report<Result extends object> {
  readonly result: Result;
  readonly failures: readonly Failure[];
  readonly exitCode?: number;
}

import { commandExec } from "./command/exec.ts";
import { containerCreate } from "./container/create.ts";
import { containerDelete } from "./container/delete.ts";
import { containerMove } from "./container/move.ts";
import { containerRestart } from "./container/restart.ts";
import { containerStart } from "./container/start.ts";
import { containerStatusLook } from "./container/status.ts";
import { containerStop } from "./container/stop.ts";
import { eventList } from "./event/list.ts";
import { nodeCordon } from "./node/cordon.ts";
import { nodeList } from "./node/list.ts";
import { nodeUncordon } from "./node/uncordon.ts";
import type { Operation } from "./operation.ts";

/** Everything a person can do, once for all faces: routes, OpenAPI, the TUI's actions and the web's buttons are made of it. */
const table = [
  commandExec,
  containerCreate,
  containerDelete,
  containerMove,
  containerRestart,
  containerStart,
  containerStatusLook,
  containerStop,
  eventList,
  nodeCordon,
  nodeList,
  nodeUncordon,
] as const;

export type OperationId = (typeof table)[number]["id"];

export const operations: readonly Operation<OperationId>[] = table;

/** Undefined when there is none of that name. */
export function operationOf(id: string): Operation<OperationId> | undefined {
  return operations.find((each) => each.id === id);
}

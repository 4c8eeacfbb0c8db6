import { commandExec } from "./command/exec.ts";
import { commandList } from "./command/list.ts";
import { commandRun } from "./command/run.ts";
import { configCheck } from "./config/check.ts";
import { configGet } from "./config/get.ts";
import { configReplace } from "./config/replace.ts";
import { configSet } from "./config/set.ts";
import { configShow } from "./config/show.ts";
import { configText } from "./config/text.ts";
import { containerAdd } from "./container/add.ts";
import { containerCandidatesLook } from "./container/candidates.ts";
import { containerCreate } from "./container/create.ts";
import { containerDelete } from "./container/delete.ts";
import { containerEdit } from "./container/edit.ts";
import { containerHistory } from "./container/history.ts";
import { containerLogs } from "./container/logs.ts";
import { containerMove } from "./container/move.ts";
import { containerRemove } from "./container/remove.ts";
import { containerRestart } from "./container/restart.ts";
import { containerRollback } from "./container/rollback.ts";
import { containerStart } from "./container/start.ts";
import { containerStats } from "./container/stats.ts";
import { containerStatusLook } from "./container/status.ts";
import { containerStop } from "./container/stop.ts";
import { daemonHeartbeat } from "./daemon/heartbeat.ts";
import { daemonStatus } from "./daemon/status.ts";
import { eventList } from "./event/list.ts";
import { imageBuild } from "./image/build.ts";
import { imageList } from "./image/list.ts";
import { imagePrune } from "./image/prune.ts";
import { imagePull } from "./image/pull.ts";
import { imageRemove } from "./image/remove.ts";
import { nodeAdd } from "./node/add.ts";
import { nodeCordon } from "./node/cordon.ts";
import { nodeDoctor } from "./node/doctor.ts";
import { nodeDrain } from "./node/drain.ts";
import { nodeHostKeys } from "./node/host-keys.ts";
import { nodeList } from "./node/list.ts";
import { nodeRemove } from "./node/remove.ts";
import { nodeRsyslog } from "./node/rsyslog.ts";
import { nodeSyslog } from "./node/syslog.ts";
import { nodeTrust } from "./node/trust.ts";
import { nodeUncordon } from "./node/uncordon.ts";
import { notifyTest } from "./notify/test.ts";
import { planApply } from "./plan/apply.ts";
import { planShow } from "./plan/show.ts";
import { registrySearch } from "./registry/search.ts";
import { registryTags } from "./registry/tags.ts";
import { vipList } from "./vip/list.ts";
import { vipMove } from "./vip/move.ts";
import { vipRelease } from "./vip/release.ts";
import type { Operation } from "./operation.ts";

/** Everything a person can do, once for all faces: routes, OpenAPI, the TUI's actions and the web's buttons are made of it. */
const table = [
  commandExec,
  commandList,
  commandRun,
  configCheck,
  configGet,
  configReplace,
  configSet,
  configShow,
  configText,
  containerAdd,
  containerCandidatesLook,
  containerCreate,
  containerDelete,
  containerEdit,
  containerHistory,
  containerLogs,
  containerMove,
  containerRemove,
  containerRestart,
  containerRollback,
  containerStart,
  containerStats,
  containerStatusLook,
  containerStop,
  daemonHeartbeat,
  daemonStatus,
  eventList,
  imageBuild,
  imageList,
  imagePrune,
  imagePull,
  imageRemove,
  nodeAdd,
  nodeCordon,
  nodeDoctor,
  nodeDrain,
  nodeHostKeys,
  nodeList,
  nodeRemove,
  nodeRsyslog,
  nodeSyslog,
  nodeTrust,
  nodeUncordon,
  notifyTest,
  planApply,
  planShow,
  registrySearch,
  registryTags,
  vipList,
  vipMove,
  vipRelease,
] as const;

export type OperationId = (typeof table)[number]["id"];

export const operations: readonly Operation<OperationId>[] = table;

/** Undefined when there is none of that name. */
export function operationOf(id: string): Operation<OperationId> | undefined {
  return operations.find((each) => each.id === id);
}

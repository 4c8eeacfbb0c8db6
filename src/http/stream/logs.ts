import { operationOf } from "../../operations/index.ts";
import { perform } from "../../operations/perform.ts";
import type { OpenCluster } from "../../app/ports.ts";
import { faceOf } from "../audit.ts";
import type { FollowLogs } from "./index.ts";

/** The logs of containers by the operation that has them. */
export function followLogs(cluster: OpenCluster): FollowLogs {
  return async ({ logs, tail, grep }, { identity, client }, { signal, line, idle }) => {
    const operation = operationOf("container.logs");
    if (!operation) throw new Error("the table has it");
    const input = { container: logs, follow: true, tail, ...(grep === undefined || grep === "" ? {} : { grep }) };
    const { failures } = await perform(cluster, operation, input, {
      caller: { who: identity.name, face: faceOf(identity), address: client.address },
      signal,
      progress: cluster.ports.progress,
      rows: { row: line, idle },
    });
    return failures;
  };
}

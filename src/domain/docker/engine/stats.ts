import type { StatsSample } from "../facts.ts";
import { list, number, object } from "../json.ts";

/**
 * Processor use between two samples as `docker stats` shows it: 100 is one processor fully used, 0 when nothing
 * can be said (a container that restarted in between, two samples at the same moment).
 */
export function cpuPercent(before: StatsSample, after: StatsSample): number {
  const used = after.cpuTotalNs - before.cpuTotalNs;
  const passed = after.systemCpuNs - before.systemCpuNs;
  return used > 0 && passed > 0 ? (used / passed) * after.onlineCpus * 100 : 0;
}

/** What a container uses, as two samples tell. */
export interface ContainerUse {
  /** 100 is one processor fully used. */
  readonly cpuPercent: number;
  readonly memoryBytes: number;
  /** Its own limit, or the node's memory where it has none. */
  readonly memoryLimitBytes: number;
  /** Since it was started. */
  readonly networkRxBytes: number;
  readonly networkTxBytes: number;
}

export function useBetween(before: StatsSample, after: StatsSample): ContainerUse {
  const { memoryBytes, memoryLimitBytes, networkRxBytes, networkTxBytes } = after;
  const percent = Math.round(cpuPercent(before, after) * 10) / 10;
  return { cpuPercent: percent, memoryBytes, memoryLimitBytes, networkRxBytes, networkTxBytes };
}

/** `GET /containers/ID/stats`, one sample. Memory is without the inactive file cache, as the docker client shows it. */
export function statsSample(body: unknown): StatsSample {
  const json = object(body);
  const cpu = object(json["cpu_stats"]);
  const usage = object(cpu["cpu_usage"]);
  const memory = object(json["memory_stats"]);
  const networks = Object.values(object(json["networks"])).map(object);
  return {
    cpuTotalNs: number(usage["total_usage"]),
    systemCpuNs: number(cpu["system_cpu_usage"]),
    onlineCpus: number(cpu["online_cpus"]) || list(usage["percpu_usage"]).length || 1,
    memoryBytes: memoryInUse(number(memory["usage"]), object(memory["stats"])),
    memoryLimitBytes: number(memory["limit"]),
    networkRxBytes: networks.reduce((sum, network) => sum + number(network["rx_bytes"]), 0),
    networkTxBytes: networks.reduce((sum, network) => sum + number(network["tx_bytes"]), 0),
  };
}

/** `total_inactive_file` is cgroup v1's, `inactive_file` v2's (docker/cli `calculateMemUsageUnixNoCache`). */
function memoryInUse(usage: number, stats: Readonly<Record<string, unknown>>): number {
  const cache = number(stats["total_inactive_file"] ?? stats["inactive_file"]);
  return cache < usage ? usage - cache : usage;
}

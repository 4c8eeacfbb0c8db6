import { describe, expect, it } from "vitest";
import { cpuPercent, statsSample } from "../../../../src/domain/docker/engine/stats.ts";

const cgroup2 = {
  cpu_stats: { cpu_usage: { total_usage: 40_503_201 }, system_cpu_usage: 3_331_800_000_000, online_cpus: 2 },
  memory_stats: { usage: 2_000_000, limit: 8_000_000, stats: { inactive_file: 500_000 } },
  networks: { eth0: { rx_bytes: 10, tx_bytes: 20 }, eth1: { rx_bytes: 1, tx_bytes: 2 } },
};

describe("statsSample", () => {
  it("reads a sample of an engine with cgroup v2", () => {
    expect(statsSample(cgroup2)).toEqual({
      cpuTotalNs: 40_503_201,
      systemCpuNs: 3_331_800_000_000,
      onlineCpus: 2,
      memoryBytes: 1_500_000,
      memoryLimitBytes: 8_000_000,
      networkRxBytes: 11,
      networkTxBytes: 22,
    });
  });

  it("takes cgroup v1's own field for the cache, and counts processors where the engine does not", () => {
    const sample = statsSample({
      cpu_stats: { cpu_usage: { total_usage: 1, percpu_usage: [1, 2, 3, 4] } },
      memory_stats: { usage: 100, stats: { total_inactive_file: 30, inactive_file: 1 } },
    });
    expect(sample).toMatchObject({ onlineCpus: 4, memoryBytes: 70, networkRxBytes: 0 });
  });

  it("never shows less than nothing", () => {
    expect(statsSample({ memory_stats: { usage: 5, stats: { inactive_file: 9 } } }).memoryBytes).toBe(5);
  });

  it.each([[undefined], [null], ["x"], [[]], [{ cpu_stats: 3, memory_stats: null, networks: [1] }]])(
    "makes zeros of garbage: %j",
    (garbage) => {
      expect(statsSample(garbage)).toMatchObject({ cpuTotalNs: 0, memoryBytes: 0, networkTxBytes: 0, onlineCpus: 1 });
    },
  );
});

describe("cpuPercent", () => {
  const at = (cpuTotalNs: number, systemCpuNs: number) => ({ ...statsSample(cgroup2), cpuTotalNs, systemCpuNs });

  it("is 100 for one processor fully used", () => {
    expect(cpuPercent(at(0, 0), at(1_000, 2_000))).toBe(100);
    expect(cpuPercent(at(0, 0), at(2_000, 2_000))).toBe(200);
  });

  it("is 0 when nothing can be said", () => {
    expect(cpuPercent(at(5_000, 10), at(1_000, 20))).toBe(0);
    expect(cpuPercent(at(1_000, 20), at(1_001, 20))).toBe(0);
  });
});

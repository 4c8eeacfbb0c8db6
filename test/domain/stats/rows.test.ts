import { expect, test } from "vitest";
import type { StatsSample } from "../../../src/domain/docker/facts.ts";
import type { NodeSample } from "../../../src/domain/node/usage.ts";
import { emptyRows, type StatsLook, statsRows } from "../../../src/domain/stats/rows.ts";
import { placement } from "../../fakes/config.ts";
import { containerFacts } from "../../fakes/facts.ts";

const node = (parts: Partial<NodeSample> = {}): NodeSample => ({
  cpus: 4,
  busyTicks: 0,
  totalTicks: 0,
  memoryTotalBytes: 100,
  memoryAvailableBytes: 60,
  networkRxBytes: 1000,
  networkTxBytes: 1000,
  ...parts,
});
const sample = (parts: Partial<StatsSample> = {}): StatsSample => ({
  cpuTotalNs: 0,
  systemCpuNs: 0,
  onlineCpus: 4,
  memoryBytes: 7,
  memoryLimitBytes: 100,
  networkRxBytes: 10,
  networkTxBytes: 10,
  ...parts,
});
const look = (atMs: number, own: NodeSample, samples: Record<string, StatsSample>): StatsLook => ({
  atMs,
  node: own,
  docker: {
    containers: [
      containerFacts({ id: "1", name: "web" }),
      containerFacts({ id: "2", name: "db", state: "exited" }),
      containerFacts({ id: "3", name: "left" }),
      containerFacts({ id: "4", name: "theirs", labels: {} }),
      containerFacts({ id: "5", name: "old", state: "exited" }),
    ],
    samples: new Map(Object.entries(samples)),
  },
});
const scope = {
  node: "n1",
  cluster: "test",
  placements: ["web", "db", "gone"].map((name) => placement(name, "n1")),
  strays: true,
};
const before = look(1000, node(), { "1": sample(), "3": sample({ networkRxBytes: 500 }) });
const after = look(3000, node({ busyTicks: 25, totalTicks: 100, networkRxBytes: 5000 }), {
  "1": sample({ cpuTotalNs: 10, systemCpuNs: 400, networkRxBytes: 4010, networkTxBytes: 11 }),
  "3": sample({ networkRxBytes: 5 }),
});

test("the node first, then what the layout wants there, then strays that run; nothing of other people's", () => {
  const rows = statsRows(scope, before, after);
  expect(rows.map((row) => `${row.container ?? "-"} ${row.state}`)).toEqual([
    "- ready",
    "web running",
    "db exited",
    "gone missing",
    "left running",
  ]);
  expect(statsRows({ ...scope, strays: false }, before, after).map((row) => row.container)).not.toContain("left");
});

test("rates are per second, and a counter that began anew has none", () => {
  const [own, web, db, , left] = statsRows(scope, before, after);
  expect(own).toMatchObject({ cpuPercent: 100, memoryBytes: 40, networkRxBytesPerSecond: 2000 });
  expect(web).toMatchObject({ cpuPercent: 10, memoryBytes: 7, networkRxBytes: 4010, networkRxBytesPerSecond: 2000 });
  expect(db).toMatchObject({ cpuPercent: null, memoryBytes: null, networkRxBytesPerSecond: null });
  expect(left).toMatchObject({ networkRxBytes: 5, networkRxBytesPerSecond: null });
});

test("a node without Docker keeps its own numbers; what is not known is not missing", () => {
  const rows = statsRows(scope, before, { ...after, docker: undefined });
  expect(rows.map((row) => row.state)).toEqual(["no docker", "unknown", "unknown", "unknown"]);
  expect(rows[0]?.cpuPercent).toBe(100);
  expect(emptyRows(scope, "failed").map((row) => row.state)).toEqual(["failed", "unknown", "unknown", "unknown"]);
});

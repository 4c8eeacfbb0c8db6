import { expect, test } from "vitest";
import { containerDocument, nodeDocument } from "../../../src/domain/elastic/measures.ts";

const options = { atMs: Date.UTC(2026, 0, 31, 10), dataset: "pictl", cluster: "shop", agent: "here", version: "1.2.3" };
const use = {
  node: "n1",
  state: "ready",
  cpuPercent: 150,
  memoryBytes: 500,
  memoryLimitBytes: 1000,
  networkRxBytes: 7,
  networkTxBytes: 8,
  networkRxBytesPerSecond: null,
  networkTxBytesPerSecond: null,
};
const node = {
  node: "n1",
  reachable: true,
  cordoned: false,
  dockerVersion: "26.1",
  containersRunning: 2,
  containers: 3,
  vip: true,
  cpus: 4,
  load1: 0.5,
  memoryTotalBytes: 1000,
  memoryAvailableBytes: 750,
  diskTotalBytes: 2000,
  diskUsedBytes: 500,
  clockMs: options.atMs + 12.4,
};

test("a node, its numbers from 0 to 1", () => {
  expect(nodeDocument(node, use, options)).toMatchObject({
    stream: "metrics-pictl.node-shop",
    body: {
      "@timestamp": "2026-01-31T10:00:00.000Z",
      host: { name: "n1", cpu: { usage: 0.375 }, network: { ingress: { bytes: 7 }, egress: { bytes: 8 } } },
      system: {
        load: { "1": 0.5 },
        memory: { total: 1000, used: { bytes: 250, pct: 0.25 } },
        filesystem: { total: 2000, used: { bytes: 500, pct: 0.25 } },
      },
      pictl: {
        node: {
          state: "up",
          cordoned: false,
          vip: true,
          docker_version: "26.1",
          clock_skew_ms: 12,
          containers: { running: 2, total: 3 },
        },
      },
    },
  });
});

test("a silent node has its state and no numbers", () => {
  const silent = {
    node: "n1",
    reachable: false,
    cordoned: false,
    dockerVersion: null,
    containersRunning: null,
    containers: null,
    vip: null,
  };
  const { body } = nodeDocument(silent, undefined, options);
  expect(body).toMatchObject({ host: { name: "n1" }, pictl: { node: { state: "silent", cordoned: false } } });
  expect(JSON.stringify(body)).not.toContain("null");
  expect(body).not.toHaveProperty("host.cpu");
});

test("a container, as a share of its node and of its limit; two controllers of one minute write one document", () => {
  const known = { wanted: "running", health: "healthy", uptimeMs: 1000, restarts: 4 };
  const row = { ...use, container: "web", state: "running" };
  const first = containerDocument(row, known, { ...options, cpus: 4 });
  expect(first).toMatchObject({
    stream: "metrics-pictl.container-shop",
    body: {
      container: { name: "web", cpu: { usage: 0.375 }, memory: { usage: 0.5 } },
      pictl: {
        container: {
          state: "running",
          wanted: "running",
          health: "healthy",
          restarts: 4,
          uptime_ms: 1000,
          memory_bytes: 500,
        },
      },
    },
  });
  expect(containerDocument(row, known, { ...options, agent: "there", cpus: 4 }).key).toBe(first.key);
});

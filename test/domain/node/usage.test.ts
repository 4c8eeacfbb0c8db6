import fc from "fast-check";
import { expect, test } from "vitest";
import { nodeUseBetween, parseNodeSample } from "../../../src/domain/node/usage.ts";

const answer = (cpu: string, eth0 = "1000 9 0 0 0 0 0 0 2000"): string => `=== pictl processors
cpu  ${cpu}
cpu0 1 1 1 1 1 1 1 1 0 0
cpu1 1 1 1 1 1 1 1 1 0 0
=== pictl memory
MemTotal:        8000 kB
MemFree:         1000 kB
MemAvailable:    6000 kB
=== pictl network
Inter-|   Receive                                                |  Transmit
 face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
    lo: 7777 1 0 0 0 0 0 0 7777 1 0 0 0 0 0 0
  eth0:${eth0} 9 0 0 0 0 0 0
 wlan0: 1 9 0 0 0 0 0 0 2 9 0 0 0 0 0 0
docker0: 5 9 0 0 0 0 0 0 5 9 0 0 0 0 0 0
veth12ab: 5 9 0 0 0 0 0 0 5 9 0 0 0 0 0 0
br-0a1b: 5 9 0 0 0 0 0 0 5 9 0 0 0 0 0 0
`;

test("a sample has the node's own devices, and idle and waiting processors are not busy", () => {
  // user nice system idle iowait irq softirq steal guest guest_nice
  expect(parseNodeSample(answer("10 1 5 80 20 2 2 1 9 9"))).toEqual({
    cpus: 2,
    busyTicks: 21,
    totalTicks: 121,
    memoryTotalBytes: 8_192_000,
    memoryAvailableBytes: 6_144_000,
    networkRxBytes: 1001,
    networkTxBytes: 2002,
  });
});

test("two samples tell what is used: 100 is one processor", () => {
  const before = parseNodeSample(answer("0 0 0 100 0 0 0 0 0 0"));
  const after = parseNodeSample(answer("60 0 15 125 0 0 0 0 0 0"));
  expect(nodeUseBetween(before, after)).toEqual({
    cpuPercent: 150,
    memoryBytes: 2_048_000,
    memoryLimitBytes: 8_192_000,
    networkRxBytes: 1001,
    networkTxBytes: 2002,
  });
  expect(nodeUseBetween(after, after).cpuPercent).toBe(0);
});

test("an old kernel's shorter line counts, and a node that answers garbage has nulls", () => {
  expect(parseNodeSample(answer("10 0 10 80")).busyTicks).toBe(20);
  fc.assert(
    fc.property(fc.string(), (text) => {
      const sample = parseNodeSample(text);
      const use = nodeUseBetween(sample, sample);
      expect(use.memoryBytes).toBeNull();
      expect(use.cpuPercent).toBeNull();
    }),
  );
});

import type { Command } from "../shell.ts";
import { parseMemory } from "./measures.ts";
import { lines, numberOf, sectionsCommand, splitSections } from "./sections.ts";

/** A node's counters at one moment; null for what cannot be read. Two of them give `NodeUse`. */
export interface NodeSample {
  readonly cpus: number | null;
  /** Ticks since power on, all processors together. */
  readonly busyTicks: number | null;
  readonly totalTicks: number | null;
  readonly memoryTotalBytes: number | null;
  readonly memoryAvailableBytes: number | null;
  readonly networkRxBytes: number | null;
  readonly networkTxBytes: number | null;
}

export interface NodeUsage {
  /** 100 is one processor fully used, as for containers. */
  readonly cpuPercent: number | null;
  readonly memoryBytes: number | null;
  readonly memoryLimitBytes: number | null;
  /** Since power on. */
  readonly networkRxBytes: number | null;
  readonly networkTxBytes: number | null;
}

export const usageSections = {
  processors: "grep ^cpu /proc/stat",
  memory: "grep ^Mem /proc/meminfo",
  network: "cat /proc/net/dev",
};

export const nodeSampleCommand: Command = sectionsCommand(usageSections);

/** Reads what `nodeSampleCommand` printed. Never throws. */
export function parseNodeSample(output: string): NodeSample {
  const text = splitSections(usageSections, output);
  const [all, ...each] = lines(text.processors);
  const memory = parseMemory(text.memory);
  return {
    cpus: each.length > 0 ? each.length : null,
    ...ticks(all ?? ""),
    memoryTotalBytes: memory.totalBytes,
    memoryAvailableBytes: memory.availableBytes,
    ...traffic(text.network),
  };
}

export function nodeUseBetween(before: NodeSample, after: NodeSample): NodeUsage {
  const { memoryTotalBytes: total, memoryAvailableBytes: available } = after;
  const busy = difference(before.busyTicks, after.busyTicks);
  const passed = difference(before.totalTicks, after.totalTicks);
  const share = busy === null || passed === null ? null : passed > 0 ? Math.max(0, busy / passed) : 0;
  return {
    cpuPercent: share === null || after.cpus === null ? null : Math.round(share * after.cpus * 1000) / 10,
    memoryBytes: total === null || available === null ? null : total - available,
    memoryLimitBytes: total,
    networkRxBytes: after.networkRxBytes,
    networkTxBytes: after.networkTxBytes,
  };
}

/** `cpu  user nice system idle iowait irq softirq steal guest guest_nice`; guest time is in user's (proc(5)). */
function ticks(line: string): Pick<NodeSample, "busyTicks" | "totalTicks"> {
  const fields = line.split(/\s+/).slice(1, 9).map(numberOf);
  const counts = fields.filter((count) => count !== null);
  if (counts.length < 4 || counts.length < fields.length) return { busyTicks: null, totalTicks: null };
  const total = counts.reduce((sum, count) => sum + count, 0);
  const [, , , idle = 0, waiting = 0] = counts;
  return { busyTicks: total - idle - waiting, totalTicks: total };
}

/** What containers send passes their own devices and a bridge before the node's: only the latter is counted. */
const inner = /^(?:lo|veth.*|docker\d*|br-.*|virbr.*|cni.*|flannel.*)$/;

/** /proc/net/dev: `NAME: rxBytes rxPackets … (8 fields) txBytes …` */
function traffic(text: string): Pick<NodeSample, "networkRxBytes" | "networkTxBytes"> {
  const devices = lines(text).flatMap((line) => {
    const [, name = "", fields = ""] = /^([^\s:]+):\s*(\d.*)$/.exec(line) ?? [];
    if (name === "" || inner.test(name)) return [];
    const counts = fields.split(/\s+/).map(Number);
    return [{ rx: counts[0] ?? 0, tx: counts[8] ?? 0 }];
  });
  if (devices.length === 0) return { networkRxBytes: null, networkTxBytes: null };
  return {
    networkRxBytes: devices.reduce((sum, { rx }) => sum + rx, 0),
    networkTxBytes: devices.reduce((sum, { tx }) => sum + tx, 0),
  };
}

function difference(before: number | null, after: number | null): number | null {
  return before === null || after === null ? null : after - before;
}

import type { Command } from "../shell.ts";
import { parseClock, parseFileSystem, parseMemory } from "./measures.ts";
import { lines, numberOf, sectionsCommand, splitSections } from "./sections.ts";

/** What one look at a node tells, without Docker. Missing pieces are null: not every system has every file. */
export interface NodeProbe {
  readonly hostname: string | null;
  readonly os: string | null;
  readonly arch: string | null;
  readonly kernel: string | null;
  readonly uptimeSeconds: number | null;
  readonly load1: number | null;
  readonly cpus: number | null;
  readonly memoryTotalBytes: number | null;
  readonly memoryAvailableBytes: number | null;
  readonly diskTotalBytes: number | null;
  readonly diskUsedBytes: number | null;
  readonly diskAvailableBytes: number | null;
  /** The node's clock, milliseconds since the epoch. */
  readonly clockMs: number | null;
  /** Addresses on any interface, without prefix length. */
  readonly addresses: readonly string[];
}

export const nodeSections = {
  hostname: "hostname 2>/dev/null || cat /proc/sys/kernel/hostname",
  uname: "uname -m; uname -r",
  os: "cat /etc/os-release 2>/dev/null || cat /usr/lib/os-release 2>/dev/null",
  uptime: "cat /proc/uptime 2>/dev/null",
  load: "cat /proc/loadavg 2>/dev/null",
  cpus: "nproc 2>/dev/null || grep -c ^processor /proc/cpuinfo 2>/dev/null",
  memory: "cat /proc/meminfo 2>/dev/null",
  disk: "df -kP /var/lib/docker 2>/dev/null || df -kP / 2>/dev/null",
  clock: "date +%s.%N",
  addresses: "ip -o address show 2>/dev/null",
};

export const probeCommand: Command = sectionsCommand(nodeSections);

/** Reads what `probeCommand` printed. Never throws: a node that answers garbage yields nulls. */
export function parseProbe(output: string): NodeProbe {
  const text = splitSections(nodeSections, output);
  const [arch, kernel] = lines(text.uname);
  const memory = parseMemory(text.memory);
  const disk = parseFileSystem(text.disk);
  return {
    hostname: lines(text.hostname)[0] ?? null,
    os: prettyName(text.os),
    arch: arch ?? null,
    kernel: kernel ?? null,
    uptimeSeconds: numberOf(text.uptime.split(" ")[0]),
    load1: numberOf(text.load.split(" ")[0]),
    cpus: numberOf(lines(text.cpus)[0]),
    memoryTotalBytes: memory.totalBytes,
    memoryAvailableBytes: memory.availableBytes,
    diskTotalBytes: disk?.totalBytes ?? null,
    diskUsedBytes: disk?.usedBytes ?? null,
    diskAvailableBytes: disk?.availableBytes ?? null,
    clockMs: parseClock(text.clock)?.ms ?? null,
    addresses: [...text.addresses.matchAll(/ inet6? ([0-9a-fA-F.:]+)/g)].map((match) => match[1] ?? ""),
  };
}

/** os-release is shell syntax: the value may be bare, in double or in single quotes. */
function prettyName(osRelease: string): string | null {
  const value = /^PRETTY_NAME=(?:"([^"\n]*)"|'([^'\n]*)'|(.*))$/m.exec(osRelease);
  const name = (value?.[1] ?? value?.[2] ?? value?.[3])?.trim();
  return name === undefined || name === "" ? null : name;
}

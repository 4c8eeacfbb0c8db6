import { type Command, script } from "../shell.ts";

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
  /** The node's clock, milliseconds since the epoch. */
  readonly clockMs: number | null;
  /** Addresses on any interface, without prefix length. */
  readonly addresses: readonly string[];
}

/** Sections are told apart by lines no file contains; each may be empty when a program or file is missing. */
const sections = ["hostname", "uname", "os", "uptime", "load", "cpus", "memory", "disk", "clock", "addresses"] as const;
type Section = (typeof sections)[number];

const sources: Record<Section, string> = {
  hostname: "hostname 2>/dev/null || cat /proc/sys/kernel/hostname",
  uname: "uname -m; uname -r",
  os: "cat /etc/os-release 2>/dev/null",
  uptime: "cat /proc/uptime",
  load: "cat /proc/loadavg",
  cpus: "nproc 2>/dev/null || grep -c ^processor /proc/cpuinfo",
  memory: "cat /proc/meminfo",
  disk: "df -kP /var/lib/docker 2>/dev/null || df -kP /",
  clock: "date +%s.%N",
  addresses: "ip -o address show 2>/dev/null",
};

export const probeCommand: Command = script(
  sections.map((name) => `echo "=== pictl ${name}"; { ${sources[name]}; }`).join("\n") + "\ntrue",
);

/** Reads what `probeCommand` printed. Never throws: a node that answers garbage yields nulls. */
export function parseProbe(output: string): NodeProbe {
  const text = splitSections(output);
  const [arch, kernel] = lines(text.uname);
  const memory = (name: string): number | null => {
    const kilobytes = number(new RegExp(`^${name}:\\s+(\\d+) kB`, "m").exec(text.memory)?.[1]);
    return kilobytes === null ? null : kilobytes * 1024;
  };
  const disk = lines(text.disk).at(-1)?.trim().split(/\s+/) ?? [];
  const kilobytes = (field: string | undefined): number | null => {
    const value = number(field);
    return value === null ? null : value * 1024;
  };
  return {
    hostname: lines(text.hostname)[0] ?? null,
    os: /^PRETTY_NAME="?([^"\n]*)"?/m.exec(text.os)?.[1] ?? null,
    arch: arch ?? null,
    kernel: kernel ?? null,
    uptimeSeconds: number(text.uptime.split(" ")[0]),
    load1: number(text.load.split(" ")[0]),
    cpus: number(lines(text.cpus)[0]),
    memoryTotalBytes: memory("MemTotal"),
    memoryAvailableBytes: memory("MemAvailable"),
    diskTotalBytes: kilobytes(disk[1]),
    diskUsedBytes: kilobytes(disk[2]),
    clockMs: clock(text.clock.trim()),
    addresses: [...text.addresses.matchAll(/ inet6? ([0-9a-fA-F.:]+)/g)].map((match) => match[1] ?? ""),
  };
}

function splitSections(output: string): Record<Section, string> {
  const text = Object.fromEntries(sections.map((name) => [name, ""])) as Record<Section, string>;
  for (const part of output.split(/^=== pictl /m).slice(1)) {
    const name = sections.find((each) => part.startsWith(`${each}\n`));
    if (name) text[name] = part.slice(name.length + 1);
  }
  return text;
}

function lines(text: string): string[] {
  return text.split("\n").filter((each) => each.trim() !== "");
}

function number(text: string | undefined): number | null {
  if (text === undefined || !/^\d+(\.\d+)?$/.test(text.trim())) return null;
  return Number(text);
}

/** busybox date prints a literal `%N` where it has no nanoseconds. */
function clock(text: string): number | null {
  const seconds = number(text.replace(/\.[^0-9].*$/, ""));
  return seconds === null ? null : Math.round(seconds * 1000);
}

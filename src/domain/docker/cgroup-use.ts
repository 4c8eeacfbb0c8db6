import { type Command, script } from "../shell.ts";

/** What a container uses at the moment, as its cgroup tells. */
export interface CgroupUse {
  /** 100 is one processor fully used; null where there are no two moments to compare. */
  readonly cpuPercent: number | null;
  readonly memoryBytes: number | null;
}

/**
 * Reads the kernel's own files, of all containers at once: the engine takes half a second for a container's statistics,
 * which with a hundred of them is half a minute. Needs no rights. Folders of containers have their ids for names, in
 * cgroup v1 and v2, with systemd (`docker-ID.scope`) and without.
 */
export const cgroupCommand: Command = script(`
cd /sys/fs/cgroup 2>/dev/null || exit 0
if [ -f cgroup.controllers ]; then top=.; else top="cpuacct/ memory/"; fi
folders=$(find $top -type d 2>/dev/null | grep -E '/([a-z]+-)?[0-9a-f]{64}([.]scope)?$')
read_all() {
  pattern=$1
  shift
  for folder in $folders; do
    for file in "$@"; do [ -f "$folder/$file" ] && echo "$folder/$file"; done
  done | xargs grep -sHE "$pattern"
}
moment() { read -r up _ </proc/uptime; echo "moment $(date +%s.%N) $up"; }
moment
read_all '^(usage_usec )?[0-9]+$' cpu.stat cpuacct.usage
sleep 0.1
moment
read_all '^(usage_usec )?[0-9]+$' cpu.stat cpuacct.usage
read_all '^((total_)?inactive_file )?[0-9]+$' memory.current memory.usage_in_bytes memory.stat
exit 0`);

/** Nanoseconds in the units of the two files. */
const cpuUnits: Readonly<Record<string, number>> = { "cpu.stat": 1000, "cpuacct.usage": 1 };
/** What is read in less time than this says nothing: a `sleep` that knows whole seconds only. */
const shortestMs = 20;

/** Reads what `cgroupCommand` printed, by container id. Never throws. */
export function parseCgroupUse(output: string): ReadonlyMap<string, CgroupUse> {
  const moments: Moment[] = [];
  const memory = new Map<string, Record<string, number>>();
  for (const line of output.split("\n")) {
    const moment = parseMoment(line);
    if (moment) {
      moments.push(moment);
      continue;
    }
    const [, id = "", file = "", key = "", value = ""] = counter.exec(line) ?? [];
    if (id === "") continue;
    const unit = cpuUnits[file];
    if (unit === undefined) memory.set(id, { ...memory.get(id), [key === "" ? "usage" : key]: Number(value) });
    else moments.at(-1)?.cpuNs.set(id, Number(value) * unit);
  }
  const [first, second] = moments;
  const ids = new Set([...(second?.cpuNs.keys() ?? []), ...memory.keys()]);
  return new Map(
    [...ids].map((id) => [id, { cpuPercent: cpuPercent(first, second, id), memoryBytes: inUse(memory.get(id)) }]),
  );
}

const counter = /\/(?:[a-z]+-)?([0-9a-f]{64})(?:\.scope)?\/([a-z._]+):(?:([a-z_]+) )?(\d{1,19})$/;

interface Moment {
  readonly ms: number;
  readonly cpuNs: Map<string, number>;
}

/** busybox knows no nanoseconds; /proc/uptime has hundredths of a second. */
function parseMoment(line: string): Moment | undefined {
  const [word, clock = "", up = ""] = line.split(" ");
  if (word !== "moment") return undefined;
  return { ms: Number(/^\d+\.\d+$/.test(clock) ? clock : up) * 1000, cpuNs: new Map() };
}

function cpuPercent(first: Moment | undefined, second: Moment | undefined, id: string): number | null {
  const [before, after] = [first?.cpuNs.get(id), second?.cpuNs.get(id)];
  const passedMs = (second?.ms ?? NaN) - (first?.ms ?? NaN);
  if (before === undefined || after === undefined || !(passedMs >= shortestMs) || after < before) return null;
  return Math.round(((after - before) / (passedMs * 1e6)) * 1000) / 10;
}

/** Without the inactive file cache, as the docker client shows it; v1 has it for the container and with its children. */
function inUse(counters: Readonly<Record<string, number>> | undefined): number | null {
  const usage = counters?.["usage"];
  if (usage === undefined) return null;
  const cache = counters?.["total_inactive_file"] ?? counters?.["inactive_file"] ?? 0;
  return cache < usage ? usage - cache : usage;
}

import { type Command, script } from "../../shell.ts";

/** What a container has used since it began, as the kernel counts it; null for what it does not tell. */
export interface CgroupCounters {
  readonly cpuNs: number | null;
  /** Without the inactive file cache, as the docker client shows it. */
  readonly memoryBytes: number | null;
  /** Null without a limit of its own. */
  readonly memoryLimitBytes: number | null;
  /** Of the network that it is in, without what it says to itself. */
  readonly networkRxBytes: number | null;
  readonly networkTxBytes: number | null;
}

/** What a node's containers had used at one moment, by id; two of them tell what each uses. */
export interface CgroupLook {
  /** Of the node's own clock. */
  readonly atMs: number;
  readonly counters: ReadonlyMap<string, CgroupCounters>;
}

/** More ids than this make a command line longer than one look at all of them is. */
const mostNamed = 200;

/**
 * Reads the kernel's own files of these containers, or of all, with half a dozen processes on the node however many they
 * are; the engine takes a request and milliseconds of work for each. Needs no rights. Ids are Docker's, whole; folders
 * have them for names, in cgroup v1 and v2, with systemd (`docker-ID.scope`) and without. Two looks are 0.05 s apart: that
 * is longer than the kernel takes to count, and no longer than the engine takes to answer meanwhile. Memory is read between
 * them, and time by the shell itself: it is the first line of its file. `traffic`: whether what went over the network is read,
 * which takes as many processes again.
 */
export function countersCommand(
  ids: readonly string[] | "all",
  looks: 1 | 2 = 1,
  { traffic = true }: { readonly traffic?: boolean } = {},
): Command {
  const named = ids === "all" || ids.length > mostNamed ? [] : ids.filter((id) => /^[0-9a-f]{64}$/.test(id));
  return script(text, named.join(" "), String(looks), traffic ? "traffic" : "");
}

const text = `
cd /sys/fs/cgroup 2>/dev/null || exit 0
if [ -f cgroup.controllers ]; then top=.; else top="cpuacct/ memory/"; fi
hex=${"[0-9a-f]".repeat(8)}
folders= cpu= memory=
for folder in $(find $top -type d -name "*$hex$hex$hex$hex$hex$hex$hex$hex*" 2>/dev/null); do
  id=\${folder##*/}
  id=\${id#*-}
  id=\${id%.scope}
  case $id in *[!0-9a-f]*) continue ;; esac
  case \${1:-$id} in *"$id"*) ;; *) continue ;; esac
  folders="$folders $folder"
  for file in cpu.stat cpuacct.usage; do [ -f "$folder/$file" ] && cpu="$cpu $folder/$file"; done
  for file in memory.current memory.usage_in_bytes memory.max memory.limit_in_bytes memory.stat; do
    [ -f "$folder/$file" ] && memory="$memory $folder/$file"
  done
done
processes() {
  for folder in $folders; do
    pid=
    [ -f "$folder/cgroup.procs" ] && read -r pid <"$folder/cgroup.procs"
    [ -n "$pid" ] && echo "$pid $folder"
  done 2>/dev/null
}
used() {
  read -r up _ </proc/uptime
  echo "moment $(date +%s.%N) $up"
  for file in $cpu; do
    { read -r line <"$file" && echo "$file:$line"; } 2>/dev/null
  done
}
kept() {
  [ -z "$memory" ] || grep -sHE '^((total_)?inactive_file )?[0-9]+$' $memory
}
used
if [ "$2" = 2 ]; then
  sleep 0.05 &
  held=$(kept)
  wait
  used
  echo "$held"
else
  kept
fi
[ "$3" = traffic ] || exit 0
found=$(processes)
echo "$found"
echo "$found" | while read -r pid _; do [ -n "$pid" ] && echo "/proc/$pid/net/dev"; done | xargs grep -sH :
exit 0`;

const folderOf = /\/(?:[a-z]+-)?([0-9a-f]{64})(?:\.scope)?$/;
const counter = /^(.+)\/([a-z._]+):(?:([a-z_]+) )?(\d{1,19})$/;
const traffic = /^\/proc\/(\d+)\/net\/dev:\s*([^\s:]+):\s*(\d.*)$/;

/** Reads what `countersCommand` printed: a look for each moment that it has told. Never throws. */
export function parseCounters(output: string): readonly CgroupLook[] {
  const moments: Moment[] = [];
  const owners = new Map<string, string>();
  for (const line of output.split("\n")) {
    const began = parseMoment(line);
    if (began) moments.push(began);
    else readLine(line, moments.at(-1)?.drafts ?? new Map<string, Draft>(), owners);
  }
  return moments.map(({ atMs, drafts }) => ({
    atMs,
    counters: new Map([...drafts].map(([id, draft]) => [id, countersOf(draft)])),
  }));
}

interface Moment {
  readonly atMs: number;
  readonly drafts: Map<string, Draft>;
}

/** busybox knows no nanoseconds; /proc/uptime has hundredths of a second. */
function parseMoment(line: string): Moment | undefined {
  const [, clock = "", up = ""] = /^moment (\S*) (\S*)$/.exec(line) ?? [];
  const atMs = Number(/^\d+\.\d+$/.test(clock) ? clock : up) * 1000;
  return line.startsWith("moment ") && atMs > 0 ? { atMs, drafts: new Map() } : undefined;
}

function readLine(line: string, drafts: Moment["drafts"], owners: Map<string, string>): void {
  const draft = (id: string): Draft => {
    const known = drafts.get(id) ?? {};
    drafts.set(id, known);
    return known;
  };
  const [, folder = "", file = "", key = "", value = ""] = counter.exec(line) ?? [];
  const counted = folderOf.exec(folder)?.[1];
  if (counted !== undefined) {
    draft(counted)[key === "" ? file : key] = Number(value);
    return;
  }
  const [, process = "", device = "", fields = ""] = traffic.exec(line) ?? [];
  const owner = owners.get(process);
  if (owner !== undefined && device !== "lo") addTraffic(draft(owner), fields);
  const [, pid = "", of = ""] = /^(\d+) (\S+)$/.exec(line) ?? [];
  const container = folderOf.exec(of)?.[1];
  if (container !== undefined && !owners.has(pid)) owners.set(pid, container);
}

/** Numbers as they were read, by the kernel's names, and the traffic summed up. */
type Draft = Record<string, number>;

/** /proc/net/dev: `rxBytes rxPackets … (8 fields) txBytes …` */
function addTraffic(draft: Draft, fields: string): void {
  const counts = fields.split(/\s+/).map(Number);
  const [rx, tx] = [counts[0] ?? NaN, counts[8] ?? NaN];
  if (!Number.isFinite(rx) || !Number.isFinite(tx)) return;
  draft["rx"] = (draft["rx"] ?? 0) + rx;
  draft["tx"] = (draft["tx"] ?? 0) + tx;
}

function countersOf(draft: Draft): CgroupCounters {
  const cpu = draft["usage_usec"];
  const usage = draft["memory.current"] ?? draft["memory.usage_in_bytes"];
  const cache = draft["total_inactive_file"] ?? draft["inactive_file"] ?? 0;
  const limit = draft["memory.max"] ?? draft["memory.limit_in_bytes"];
  return {
    cpuNs: cpu === undefined ? (draft["cpuacct.usage"] ?? null) : cpu * 1000,
    memoryBytes: usage === undefined ? null : cache < usage ? usage - cache : usage,
    // cgroup v1 says a number without meaning for none.
    memoryLimitBytes: limit === undefined || limit >= noLimit ? null : limit,
    networkRxBytes: draft["rx"] ?? null,
    networkTxBytes: draft["tx"] ?? null,
  };
}

const noLimit = 2 ** 60;

/** What a container uses, by two looks at it. */
export interface CgroupRates {
  /** 100 is one processor fully used. */
  readonly cpuPercent: number | null;
  readonly memoryBytes: number | null;
  readonly memoryLimitBytes: number | null;
  readonly networkRxBytesPerSecond: number | null;
  readonly networkTxBytesPerSecond: number | null;
}

/** What is read in less time than this says nothing: a `sleep` that knows whole seconds only. */
const shortestMs = 20;

/** By container id; what cannot be told of one that began, or began anew, in between is null. */
export function ratesBetween(before: CgroupLook | undefined, after: CgroupLook): ReadonlyMap<string, CgroupRates> {
  const passedMs = before === undefined ? 0 : after.atMs - before.atMs;
  return new Map(
    [...after.counters].map(([id, now]) => {
      const then = passedMs >= shortestMs ? before?.counters.get(id) : undefined;
      const cpuNs = grown(then?.cpuNs, now.cpuNs);
      return [
        id,
        {
          cpuPercent: cpuNs === null ? null : Math.round((cpuNs / (passedMs * 1e6)) * 1000) / 10,
          memoryBytes: now.memoryBytes,
          memoryLimitBytes: now.memoryLimitBytes,
          networkRxBytesPerSecond: perSecond(grown(then?.networkRxBytes, now.networkRxBytes), passedMs),
          networkTxBytesPerSecond: perSecond(grown(then?.networkTxBytes, now.networkTxBytes), passedMs),
        },
      ];
    }),
  );
}

function grown(before: number | null | undefined, after: number | null): number | null {
  return before == null || after === null || after < before ? null : after - before;
}

function perSecond(amount: number | null, ms: number): number | null {
  return amount === null ? null : Math.round((amount / ms) * 1000);
}

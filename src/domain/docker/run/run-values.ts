import { type MountSpec, mountPoint } from "./mount-spec.ts";

/**
 * What is wrong with the value of a flag of `docker run`, where every docker client and daemon refuses it, and Podman too; else
 * undefined. What is refused by some of them, or on some nodes, is theirs to say.
 */
export function valueProblem(flag: string, value: string): string | undefined {
  const kind = kindOf.get(flag);
  return kind === undefined || kind.pattern.test(value) ? undefined : kind.expected;
}

/** `isOwnDriver`: a driver of the node's own keeps its volumes, and says which names they may have. */
export function mountProblem({ type, source, target }: MountSpec, isOwnDriver: boolean): string | undefined {
  if (!target.startsWith("/"))
    return `expected a path that begins with / in the container, not ${JSON.stringify(target)}`;
  if (mountPoint(target) === "/") return "nothing can be mounted over the whole of a container";
  if (source === "") return "it names no source";
  const isNamed = type === "volume" && source !== undefined && !isOwnDriver;
  if (!isNamed || volumeName.test(source)) return undefined;
  return `${JSON.stringify(source)} can be no volume's name: use letters, digits, - _ . and begin with a letter or digit; a folder's path begins with / or ./`;
}

const volumeName = /^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/;

interface Kind {
  readonly flags: string;
  readonly pattern: RegExp;
  readonly expected: string;
}

const octet = String.raw`(?:25[0-5]|2[0-4]\d|1?\d?\d)`;
const ipv4 = String.raw`${octet}(?:\.${octet}){3}`;
const ipv6 = String.raw`(?=[^:]*:)[0-9a-fA-F:.]{2,45}`;

/** As Go's strconv and units, and docker's opts, read them. */
const kinds: readonly Kind[] = [
  {
    flags: `blkio-weight cpu-count cpu-percent cpu-period cpu-quota cpu-rt-period cpu-rt-runtime cpu-shares
      health-retries memory-swappiness oom-score-adj pids-limit stop-timeout`,
    pattern: /^[+-]?\d[\da-fxA-FX_]*$/,
    expected: "expected a whole number",
  },
  {
    flags: "kernel-memory memory memory-reservation memory-swap shm-size",
    pattern: /^(?:-1|\d+(?:\.\d*)? ?(?:[kKmMgGtTpP]?(?:i?[bB])?)?)$/,
    expected: "expected a size such as 512m or 1.5g",
  },
  {
    flags: "health-interval health-start-interval health-start-period health-timeout",
    pattern: /^(?:0|disable|(?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+)$/,
    expected: "expected a time with its unit, such as 30s or 1m30s",
  },
  { flags: "cpus", pattern: /^[\d.eE/+_-]+$/, expected: "expected a number of processors, such as 1.5" },
  { flags: "ip", pattern: new RegExp(`^${ipv4}$`), expected: "expected an IPv4 address" },
  { flags: "ip6", pattern: new RegExp(`^${ipv6}$`), expected: "expected an IPv6 address" },
  { flags: "env label", pattern: /^[^=]/, expected: "expected NAME=value or NAME; it has no name" },
  { flags: "add-host", pattern: /^[^:=]+[:=]./, expected: "expected NAME:ADDRESS" },
  { flags: "sysctl", pattern: /=/, expected: "expected NAME=value" },
  { flags: "workdir", pattern: /^(?:\/|$)/, expected: "expected a path that begins with /" },
  {
    flags: "expose",
    pattern: /^\d{1,5}(?:-\d{1,5})?(?:\/(?:tcp|udp|sctp))?$/i,
    expected: "expected PORT[-PORT][/tcp|udp|sctp], such as 80",
  },
  {
    flags: "init no-healthcheck oom-kill-disable privileged publish-all read-only interactive tty",
    pattern: /^(?:1|t|T|TRUE|true|True|0|f|F|FALSE|false|False)$/,
    expected: "expected true or false",
  },
];

const kindOf: ReadonlyMap<string, Kind> = new Map(
  kinds.flatMap((kind) => kind.flags.split(/\s+/).map((flag) => [flag, kind] as const)),
);

const hostAddress = new RegExp(`^(?:${ipv4}|${ipv6})?$`);

/** Whether a port can be published there: at an address, or at all of them where it is empty. */
export function isHostAddress(text: string): boolean {
  return hostAddress.test(text);
}

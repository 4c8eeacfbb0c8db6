/**
 * The flags of `docker run` (docker 28 and what came before it), hidden ones included. What matters is which of them
 * take a value: a flag that takes one swallows the next word whatever it looks like.
 */
export interface RunFlag {
  /** Without the dashes; a hidden alias is resolved to the name Docker shows. */
  readonly name: string;
  readonly takesValue: boolean;
}

export function longFlag(name: string): RunFlag | undefined {
  const canonical = aliases.get(name) ?? name;
  if (switches.has(canonical)) return { name: canonical, takesValue: false };
  return withValue.has(canonical) ? { name: canonical, takesValue: true } : undefined;
}

export function shortFlag(letter: string): RunFlag | undefined {
  const name = letters.get(letter);
  return name === undefined ? undefined : longFlag(name);
}

export function longFlagNames(): string[] {
  return [...switches, ...withValue];
}

const letters: ReadonlyMap<string, string> = new Map([
  ["a", "attach"],
  ["c", "cpu-shares"],
  ["d", "detach"],
  ["e", "env"],
  ["h", "hostname"],
  ["i", "interactive"],
  ["l", "label"],
  ["m", "memory"],
  ["P", "publish-all"],
  ["p", "publish"],
  ["q", "quiet"],
  ["t", "tty"],
  ["u", "user"],
  ["v", "volume"],
  ["w", "workdir"],
]);

const aliases: ReadonlyMap<string, string> = new Map([
  ["net", "network"],
  ["net-alias", "network-alias"],
  ["dns-opt", "dns-option"],
]);

const switches: ReadonlySet<string> = new Set(
  `detach disable-content-trust help init interactive no-healthcheck oom-kill-disable privileged publish-all quiet
   read-only rm sig-proxy tty use-api-socket`.split(/\s+/),
);

const withValue: ReadonlySet<string> = new Set(
  `add-host annotation attach blkio-weight blkio-weight-device cap-add cap-drop cgroup-parent cgroupns cidfile
   cpu-count cpu-percent cpu-period cpu-quota cpu-rt-period cpu-rt-runtime cpu-shares cpus cpuset-cpus cpuset-mems
   detach-keys device device-cgroup-rule device-read-bps device-read-iops device-write-bps device-write-iops dns
   dns-option dns-search domainname entrypoint env env-file expose gpus group-add health-cmd health-interval
   health-retries health-start-interval health-start-period health-timeout hostname io-maxbandwidth io-maxiops ip ip6
   ipc isolation kernel-memory label label-file link link-local-ip log-driver log-opt mac-address memory
   memory-reservation memory-swap memory-swappiness mount name network network-alias oom-score-adj pid pids-limit
   platform publish pull restart runtime security-opt shm-size stop-signal stop-timeout storage-opt sysctl tmpfs ulimit
   user userns uts volume volume-driver volumes-from workdir`.split(/\s+/),
);

import { type FileSystem, type MemoryMeasures, parseClock, parseFileSystem, parseMemory } from "../node/measures.ts";
import { lines, numberOf, sectionsCommand, splitSections } from "../node/sections.ts";
import type { Command } from "../shell.ts";
import { type BoardModel, parseBoard, readBoard } from "./board.ts";
import type { ClockEnds } from "./clock.ts";

/** What one look at a node tells `doctor`. Null for what could not be read. */
export interface Examination {
  readonly user: string | null;
  readonly shell: ShellStart | null;
  /** What `docker --version` says; null when there is no docker program. */
  readonly dockerClient: string | null;
  /** What systemd says of `podman-restart.service`; null where there is no such unit. */
  readonly podmanRestart: string | null;
  /** The same of the login's own systemd. */
  readonly podmanRestartOwn: string | null;
  /** systemd keeps this login's own services running when nobody is logged in; null where there is no systemd. */
  readonly lingers: boolean | null;
  readonly ip: Tool<"iproute2" | "busybox" | "other">;
  readonly arping: Tool<"iputils" | "busybox" | "habets" | "other">;
  readonly ping: boolean;
  readonly flock: boolean;
  /** Those that were asked for; null when there is no `ip` to look with. */
  readonly devices: readonly Device[] | null;
  readonly clock: ClockEnds | null;
  readonly memory: MemoryMeasures;
  readonly disk: FileSystem | null;
  readonly dockerDisk: FileSystem | null;
  readonly board: BoardModel;
}

/** How the login shell begins a session. */
export interface ShellStart {
  readonly path: string;
  readonly durationMs: number | null;
  /** What its start-up files print though nobody looks. */
  readonly noise: string;
}

/** A program, and who made it: they differ in their options. Null when there is none. */
export type Tool<Flavour> = { readonly flavour: Flavour; readonly path: string } | null;

export interface Device {
  readonly name: string;
  readonly exists: boolean;
  readonly up: boolean;
  readonly carrier: boolean;
  /** Its addresses with their prefix lengths: `10.0.0.11/24`. */
  readonly addresses: readonly string[];
  /** IPv6 is switched off on it, or in the kernel. */
  readonly ipv6Off: boolean;
  /** It is systemd-networkd's, which takes off what it has not put on whenever it sets the device up anew. */
  readonly dropsForeign: boolean;
}

/**
 * The arguments are the network devices for virtual IPs. The clock is read first and last, so that
 * what lies in between does not count. The login shell is started as sshd starts it: bash reads its start-up file
 * when SSH_CLIENT is set and it is not inside another shell.
 */
const sections = {
  clock: "date +%s.%N",
  user: "id -un",
  docker: "docker --version 2>&1 | head -c 1000",
  podmanRestart: "systemctl is-enabled podman-restart.service 2>/dev/null | head -c 100",
  podmanRestartOwn: "systemctl --user is-enabled podman-restart.service 2>/dev/null | head -c 100",
  // It is what `loginctl enable-linger` makes.
  lingers: '[ ! -d /run/systemd/system ] || { [ -e "/var/lib/systemd/linger/$(id -un)" ] && echo yes || echo no; }',
  ip: "command -v ip; ip -V 2>&1 | head -n 2",
  arping: "command -v arping; arping -V 2>&1 | head -n 3",
  ping: "command -v ping",
  flock: "command -v flock",
  devices:
    'for device; do echo "device $device"; ip -o link show dev "$device" 2>&1; ' +
    'ip -o addr show dev "$device" 2>/dev/null; ' +
    '[ "$(cat "/proc/sys/net/ipv6/conf/$device/disable_ipv6" 2>/dev/null)" = 0 ] || echo "ipv6 off"; ' +
    // systemd keeps there which file set a device up (systemd.network(5): KeepConfiguration=).
    'link=/run/systemd/netif/links/$(cat "/sys/class/net/$device/ifindex" 2>/dev/null); ' +
    'file=$(sed -n "s/^NETWORK_FILE=//p" "$link" 2>/dev/null); [ -z "$file" ] || { echo networkd; ' +
    "more=systemd/network/${file##*/}.d; " +
    'cat "$file" "/usr/lib/$more"/*.conf "/run/$more"/*.conf "/etc/$more"/*.conf 2>/dev/null | ' +
    'grep "^KeepConfiguration="; }; done',
  memory: "cat /proc/meminfo 2>/dev/null",
  disk: "df -kP / 2>/dev/null",
  dockerDisk:
    'root=$(sed -n \'s/.*"data-root"[^"]*"\\([^"]*\\)".*/\\1/p\' /etc/docker/daemon.json 2>/dev/null); ' +
    'df -kP "${root:-/var/lib/docker}" 2>/dev/null || ' +
    // A rootless engine keeps its images there.
    'df -kP "$HOME/.local/share" 2>/dev/null',
  shell:
    'echo "$SHELL"; cat /proc/uptime; noise=$(SHLVL=0 "$SHELL" -c true </dev/null 2>&1 | head -n 5); ' +
    'cat /proc/uptime; printf "%s\\n" "$noise"',
  board: readBoard,
  clockAgain: "date +%s.%N",
};

export function examineCommand(devices: readonly string[]): Command {
  return sectionsCommand(sections, ...devices);
}

/** Reads what `examineCommand` printed. Never throws. */
export function parseExamination(output: string): Examination {
  const text = splitSections(sections, output);
  const [first, last] = [parseClock(text.clock), parseClock(text.clockAgain)];
  const ip = tool(text.ip, { iproute2: /iproute2/, busybox: /busybox/i });
  return {
    user: lines(text.user)[0] ?? null,
    shell: shellStart(text.shell),
    dockerClient: / version |podman/i.test(text.docker) ? (lines(text.docker).at(-1) ?? null) : null,
    podmanRestart: lines(text.podmanRestart)[0] ?? null,
    podmanRestartOwn: lines(text.podmanRestartOwn)[0] ?? null,
    lingers: lines(text.lingers).length > 0 ? lines(text.lingers)[0] === "yes" : null,
    ip,
    arping: tool(text.arping, {
      iputils: /iputils/i,
      busybox: /busybox/i,
      habets: /ARPing \d|Habets|requires an argument/,
    }),
    ping: lines(text.ping).length > 0,
    flock: lines(text.flock).length > 0,
    devices:
      ip === null
        ? null
        : text.devices
            .split(/^device /m)
            .slice(1)
            .map(parseDevice),
    clock: first && last ? { first, last } : null,
    memory: parseMemory(text.memory),
    disk: parseFileSystem(text.disk),
    dockerDisk: parseFileSystem(text.dockerDisk),
    board: parseBoard(text.board),
  };
}

/** The first line is where the shell found it; what it says of itself follows. */
function tool<Flavour extends string>(text: string, flavours: Record<Flavour, RegExp>): Tool<Flavour | "other"> {
  const [path, ...said] = lines(text);
  if (path === undefined || !/^[^\s:]*$/.test(path)) return null;
  const known = Object.entries<RegExp>(flavours).find(([, pattern]) => pattern.test(said.join("\n")));
  return { path, flavour: known ? (known[0] as Flavour) : "other" };
}

/** `2: eth0@if5: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu …`, of iproute2 and busybox alike. */
function parseDevice(text: string): Device {
  const [name = "", ...rest] = text.split("\n");
  const said = rest.join("\n");
  const flags = /^\d+: [^\s:]+: <([^>]*)>/m.exec(said)?.[1]?.split(",");
  const kept = [...said.matchAll(/^KeepConfiguration=(.*)$/gm)].at(-1)?.[1]?.trim() ?? "no";
  return {
    name,
    exists: flags !== undefined,
    up: flags?.includes("UP") ?? false,
    carrier: flags?.includes("LOWER_UP") ?? false,
    addresses: [...said.matchAll(/\binet6? ([\da-f.:]+\/\d+)/g)].flatMap(([, address]) => address ?? []),
    ipv6Off: /^ipv6 off$/m.test(said),
    dropsForeign: /^networkd$/m.test(said) && !/^(?:yes|true|on|1|static)$/i.test(kept),
  };
}

function shellStart(text: string): ShellStart | null {
  const [path, before, after, ...noise] = text.split("\n");
  if (path === undefined || !path.startsWith("/")) return null;
  const [from, to] = [before, after].map((uptime) => numberOf(uptime?.split(" ")[0]));
  return {
    path,
    durationMs: from == null || to == null ? null : Math.max(0, Math.round((to - from) * 1000)),
    noise: noise.join("\n").trim(),
  };
}

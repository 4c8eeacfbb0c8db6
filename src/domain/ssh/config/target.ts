/** What a connection to a host needs to know, after ssh_config and pictl's own config have spoken. */
import type { SshSettings } from "../../config/types.ts";

export interface SshTarget {
  /** What is connected to (HostName). */
  readonly host: string;
  readonly port: number;
  readonly user: string;
  /** Absolute paths, in the order they are tried. */
  readonly identityFiles: readonly string[];
  /** CertificateFile; those beside the identity files are not named. */
  readonly certificateFiles: readonly string[];
  /** No other keys of the agent than those of `identityFiles`. */
  readonly identitiesOnly: boolean;
  /** The agent's socket; undefined for none. */
  readonly agent: string | undefined;
  /** Hops, nearest first. */
  readonly jumps: readonly Jump[];
  /** A line for sh whose input and output are the connection; tokens are expanded. */
  readonly proxyCommand: string | undefined;
  readonly userKnownHostsFiles: readonly string[];
  readonly globalKnownHostsFiles: readonly string[];
  readonly hashKnownHosts: boolean;
  readonly hostKeyAlias: string | undefined;
  /** `accept`: an unknown key is stored with a warning (StrictHostKeyChecking `no` and `accept-new`). */
  readonly unknownHosts: "ask" | "refuse" | "accept";
  /** Milliseconds until a connection must be ready. */
  readonly connectTimeoutMs: number;
  /** When a server that says nothing is asked whether it is there: while something runs on its line, and while nothing does. */
  readonly keepalive: { readonly intervalMs: number; readonly restMs: number; readonly countMax: number };
  readonly family: 4 | 6 | undefined;
}

export interface Jump {
  readonly user: string | undefined;
  readonly host: string;
  readonly port: number | undefined;
}

/** ssh_config options for one host: lower-case keywords, each with all its values (`ssh -G` prints them so). */
export type SshOptions = ReadonlyMap<string, readonly string[]>;

/** Where ssh_config's `~`, `%d` and variables lead. */
export interface LocalUser {
  readonly name: string;
  readonly home: string;
  readonly hostname: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

const defaultConnectTimeoutMs = 10_000;
/**
 * One that says nothing for 5 s is asked whether it is there, and given up 15 s later, when ssh_config does not say
 * otherwise; where nothing runs, it is asked after a minute, which firewalls that forget quiet lines allow.
 */
const defaultKeepalive = { intervalMs: 5_000, restMs: 60_000, countMax: 3 };
const defaultIdentities = ["id_rsa", "id_ecdsa", "id_ed25519"];

/** Reads the output of `ssh -G`. */
export function parseSshOptions(text: string): SshOptions {
  const options = new Map<string, string[]>();
  for (const line of text.split("\n")) {
    const space = line.indexOf(" ");
    if (space < 0) continue;
    const keyword = line.slice(0, space).toLowerCase();
    options.set(keyword, [...(options.get(keyword) ?? []), line.slice(space + 1).trim()]);
  }
  return options;
}

/**
 * The target for `address`: pictl's own settings win over ssh_config's options, which win over the defaults.
 * Throws a RangeError whose message says which option cannot be understood.
 */
export function sshTarget(address: string, settings: SshSettings, options: SshOptions, local: LocalUser): SshTarget {
  const one = (keyword: string): string | undefined => {
    const value = options.get(keyword)?.[0];
    return value === undefined || value.toLowerCase() === "none" ? undefined : value;
  };
  const many = (keyword: string): string[] =>
    (options.get(keyword) ?? []).flatMap(splitWords).filter((word) => word.toLowerCase() !== "none");

  const host = expand(one("hostname") ?? address, { h: address, "%": "%" });
  const port = settings.port ?? Number(one("port") ?? 22);
  const user = settings.user ?? one("user") ?? local.name;
  const tokens = {
    d: local.home,
    h: host,
    n: address,
    p: String(port),
    r: user,
    u: local.name,
    l: local.hostname,
    "%": "%",
  };
  const path = (text: string): string => expandHome(expandVariables(expand(text, tokens), local.env), local.home);

  const identityFiles = options.get("identityfile") ?? defaultIdentities.map((name) => `~/.ssh/${name}`);
  const jumps = settings.proxyJump ?? one("proxyjump") ?? jumpOf(one("proxycommand"));
  const proxyCommand = jumps === undefined ? one("proxycommand") : undefined;
  const agent = one("identityagent");
  const userKnownHosts = options.has("userknownhostsfile")
    ? many("userknownhostsfile")
    : ["~/.ssh/known_hosts", "~/.ssh/known_hosts2"];
  const globalKnownHosts = options.has("globalknownhostsfile")
    ? many("globalknownhostsfile")
    : ["/etc/ssh/ssh_known_hosts", "/etc/ssh/ssh_known_hosts2"];
  const interval = Number(one("serveraliveinterval") ?? 0);

  return {
    host,
    port,
    user,
    identityFiles: (settings.identityFile === undefined
      ? identityFiles.filter((file) => file !== "none")
      : [settings.identityFile]
    ).map(path),
    certificateFiles: many("certificatefile").map(path),
    identitiesOnly: settings.identityFile !== undefined || isYes(one("identitiesonly")),
    agent: agentSocket(options.get("identityagent")?.[0] === "none" ? "none" : agent, local, path),
    jumps: jumps === undefined ? [] : parseJumps(jumps),
    proxyCommand: proxyCommand === undefined ? undefined : expand(proxyCommand, tokens),
    userKnownHostsFiles:
      settings.knownHostsFile === undefined ? userKnownHosts.map(path) : [path(settings.knownHostsFile)],
    globalKnownHostsFiles: globalKnownHosts.map(path),
    hashKnownHosts: isYes(one("hashknownhosts")),
    hostKeyAlias: one("hostkeyalias"),
    unknownHosts: unknownHosts(one("stricthostkeychecking")),
    connectTimeoutMs: settings.connectTimeoutMs ?? milliseconds(one("connecttimeout")) ?? defaultConnectTimeoutMs,
    keepalive:
      interval > 0
        ? {
            intervalMs: interval * 1000,
            restMs: interval * 1000,
            countMax: Number(one("serveralivecountmax") ?? 3),
          }
        : defaultKeepalive,
    family: { inet: 4 as const, inet6: 6 as const }[one("addressfamily") ?? ""],
  };
}

/** `[user@]host[:port]` or `ssh://[user@]host[:port]`, comma-separated; an IPv6 address stands in brackets. */
export function parseJumps(text: string): Jump[] {
  if (text.toLowerCase() === "none") return [];
  return text.split(",").map((item) => {
    const match = /^(?:ssh:\/\/)?(?:([^@\s]+)@)?(?:\[([^\]\s]+)\]|([^:@[\]\s]+))(?::(\d{1,5}))?\/?$/.exec(item.trim());
    const host = match?.[2] ?? match?.[3];
    const port = match?.[4] === undefined ? undefined : Number(match[4]);
    if (host === undefined || host.startsWith("-") || (port !== undefined && (port < 1 || port > 65535))) {
      throw new RangeError(`"${text}" is not a list of jump hosts ([user@]host[:port], comma-separated)`);
    }
    return { user: match?.[1], host, port };
  });
}

/** The common spelling of a jump before ProxyJump existed. */
function jumpOf(proxyCommand: string | undefined): string | undefined {
  return /^(?:exec )?(?:\S*\/)?ssh (?:-q )?-W (?:%h:%p|\[%h\]:%p) (?:-q )?(\S+)$/.exec(proxyCommand ?? "")?.[1];
}

function agentSocket(value: string | undefined, local: LocalUser, path: (text: string) => string): string | undefined {
  if (value === "none") return undefined;
  if (value === undefined || value === "SSH_AUTH_SOCK") return local.env["SSH_AUTH_SOCK"] || undefined;
  return value.startsWith("$") && !value.startsWith("${") ? local.env[value.slice(1)] : path(value);
}

function unknownHosts(value: string | undefined): SshTarget["unknownHosts"] {
  switch (value?.toLowerCase() ?? "ask") {
    case "yes":
    case "true":
      return "refuse";
    case "no":
    case "off":
    case "false":
    case "accept-new":
      return "accept";
    default:
      return "ask";
  }
}

function isYes(value: string | undefined): boolean {
  return value === "yes" || value === "true";
}

function milliseconds(seconds: string | undefined): number | undefined {
  return seconds === undefined || !(Number(seconds) > 0) ? undefined : Number(seconds) * 1000;
}

function splitWords(text: string): string[] {
  return [...text.matchAll(/"([^"]*)"|(\S+)/g)].map((match) => match[1] ?? match[2] ?? "");
}

function expand(text: string, tokens: Readonly<Record<string, string>>): string {
  return text.replace(/%(.)/g, (whole, token: string) => tokens[token] ?? whole);
}

function expandVariables(text: string, env: LocalUser["env"]): string {
  return text.replace(/\$\{(\w+)\}/g, (whole, name: string) => env[name] ?? whole);
}

function expandHome(text: string, home: string): string {
  return text === "~" || text.startsWith("~/") ? home + text.slice(1) : text;
}

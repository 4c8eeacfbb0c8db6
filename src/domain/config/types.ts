import type { SecretSource } from "./secrets/secret-source.ts";

/** The config after reading: defaults filled in, strings turned into numbers and switches, rows into lists. */
export interface Config {
  /** Which cluster containers are labelled with; two configs that share a node must differ here. */
  readonly cluster: string;
  /** Folder whose subfolders are build contexts (`docker`), relative paths resolved against the config's folder. */
  readonly docker: string | undefined;
  /** Every node named anywhere, in the order of first mention. */
  readonly nodes: readonly NodeSpec[];
  /** Every wanted container, in the order of the layout. A name may occur on several nodes, once on each. */
  readonly placements: readonly Placement[];
  readonly heartbeat: HeartbeatSection;
  readonly vips: readonly VipSection[];
  /** The nodes that elect which daemon leads; missing where the file names none (`witnessesOf` says who then does). */
  readonly witnesses?: readonly string[] | undefined;
  /** What a daemon does whose config seems to be an older one; missing: it goes on with what is certain. */
  readonly staleConfig?: "refuse" | undefined;
  readonly constraints: readonly Constraint[];
  readonly commandlist: readonly SavedCommand[];
  readonly dockerRegistries: readonly string[];
  readonly autostartContainers: boolean;
  /** The shell command that prints a node's system log. */
  readonly syslog: string | undefined;
  readonly rsyslog: { readonly host: string; readonly logfile: string } | undefined;
  readonly kibana: string | undefined;
  readonly elasticsearch: ElasticSection | undefined;
  readonly hooks: HooksSpec;
  /** Who is told of what happens, by the daemon; always there after reading a file. */
  readonly notify?: readonly NotifySection[];
  /** Where events, journals and locks live; absolute. */
  readonly stateDir: string;
  /** The HTTP interface; always there after reading a file. */
  readonly http?: HttpSection;
}

/** What `pictl serve` is told. */
export interface HttpSection {
  /** What it listens on: a host name or an address. */
  readonly host: string;
  /** Absolute paths of PEM files; undefined for plain HTTP. */
  readonly tls: { readonly cert: string; readonly key: string } | undefined;
  readonly behindProxy: boolean;
  /** Addresses and networks. */
  readonly trustedProxies: readonly string[];
  /** Names that a Host header may have, beside localhost, the address and `webConnect`; without a port. */
  readonly allowedHosts: readonly string[];
  readonly terminal: boolean;
  readonly legacyRoutes: boolean;
  /** A token with every right, also that of the original's routes. */
  readonly token: SecretSource | undefined;
  /** Of the original's routes. */
  readonly serverPort: number;
  /** Of the console and the API. */
  readonly webPort: number;
  readonly webUsername: string | undefined;
  readonly webPassword: SecretSource | undefined;
  /** The server's address as its clients see it. */
  readonly webConnect: string | undefined;
}

export interface SshSettings {
  readonly user?: string;
  /** 1-65535 */
  readonly port?: number;
  readonly identityFile?: string;
  /** Comma-separated hops, as OpenSSH's ProxyJump. */
  readonly proxyJump?: string;
  /** Milliseconds. */
  readonly connectTimeoutMs?: number;
  /** true: always; false: never; undefined: when this user may not speak to Docker otherwise. */
  readonly sudo?: boolean;
  /** known_hosts files instead of the user's, as UserKnownHostsFile. */
  readonly knownHostsFile?: string;
}

export interface NodeSpec {
  readonly name: string;
  /** What is connected to and looked up in ssh_config: `nodes.NAME.address`, else the name. */
  readonly address: string;
  /** What the config says (`nodes.NAME`, else `ssh`); ssh_config fills the rest. */
  readonly ssh: SshSettings;
  readonly labels: Readonly<Record<string, string>>;
  /** Nothing new is placed on it; what is there goes on. */
  readonly cordoned: boolean;
  /** Images for machines of its kind are built on it. */
  readonly builder?: true;
}

export interface Placement {
  readonly container: string;
  readonly node: string;
  /** The words of the `docker run` arguments, exactly as the user gave them. */
  readonly args: readonly string[];
  /** What it runs instead of its image's own command. */
  readonly command?: readonly string[];
  /** It is meant to end: ended with 0, it is done. */
  readonly oneOff?: boolean;
  /** Those that its arguments name and that the config describes: they are made before it is run. */
  readonly networks?: readonly NetworkSpec[];
  /** The layout does not have it: somebody named a container and its node, and nothing else is known of it. */
  readonly stray?: boolean;
  /** What it was called before: it takes the place of the container of that name on its node, with its volumes. */
  readonly renamedFrom?: string;
  /** A registry image; undefined means the image is built here and has the container's name. */
  readonly image: string | undefined;
  /** Build folder, absolute; undefined when there is an `image` or no `docker` folder. */
  readonly build: string | undefined;
  readonly env: Readonly<Record<string, string>>;
  readonly envFile: string | undefined;
  readonly secrets: Readonly<Record<string, SecretSource>>;
  readonly hooks: HooksSpec;
  /** The data of its volumes is reachable from every node (a network file system), so it may be moved unasked. */
  readonly shared?: boolean;
  /** Containers that must do their work before this one is put in place, where both are in hand. */
  readonly after?: readonly string[];
  /** How long a new copy may take until its check succeeds, milliseconds. */
  readonly patienceMs?: number;
  readonly update?: UpdateSettings;
  /** It may be moved when its node fails: it has a row of `container_host_constraints`. */
  readonly movable?: boolean;
}

export interface NetworkSpec {
  readonly name: string;
  /** The words of the `docker network create` arguments. */
  readonly args: readonly string[];
}

/** How the copies of a container are replaced. */
export interface UpdateSettings {
  /** How many at a time, or how much of all of them. */
  readonly atOnce?: number | { readonly percent: number };
  /** Two copies of it must never run at once, also where its arguments would allow it. */
  readonly swap?: "stop-first";
  /** When one fails, those that were replaced before it are put back, too. */
  readonly onFailure?: "rollback";
}

export interface HeartbeatSection {
  readonly automatic: boolean;
  /** Milliseconds. */
  readonly intervalMs: number;
  readonly failoverAfter: number;
  readonly failoverPolicy: "random" | "spread";
  readonly checks: readonly HeartbeatCheck[];
}

/**
 * What a container can be checked by, and what each kind looks at: a `port` of the node, which it connects to; the
 * container from `inside`; what `docker` says of it; the `node` alone. What follows from that is decided by this word. The
 * kinds have their options in the config's schema and their code in `src/checks/kinds`.
 */
export const checkKinds = { tcp: "port", http: "port", exec: "inside", docker: "docker", ping: "node" } as const;

export type CheckKindName = keyof typeof checkKinds;

/** A row's entry as written: a port, or an object whose `check` picks the kind. */
export interface HeartbeatCheck {
  readonly node: string;
  readonly container: string;
  readonly check: { readonly kind: CheckKindName } & Readonly<Record<string, unknown>>;
}

export interface VipSection {
  /** What commands call it; the address where the config gives no name. */
  readonly name: string;
  readonly ip: string;
  readonly mode: "static" | "lease";
  readonly leaseMs: number;
  readonly preempt: boolean;
  readonly candidates: readonly VipCandidate[];
}

export interface VipCandidate {
  readonly node: string;
  readonly device: string;
  readonly slave: string | undefined;
  readonly pingIntervalMs: number;
}

export interface Constraint {
  readonly container: string;
  readonly hosts: readonly string[];
}

export interface SavedCommand {
  readonly label: string;
  readonly command: string;
}

export interface ElasticSection {
  readonly url: string;
  /** What the names of data streams begin with, after their type. */
  readonly dataset: string;
  readonly auth?: { readonly apiKey: SecretSource } | { readonly username: string; readonly password: SecretSource };
  /** A file with the certificates that vouch for the server's; absolute. */
  readonly ca?: string;
}

export interface NotifySection {
  /** What the receiver is called in events and states: it tells nothing that could be a secret. */
  readonly name: string;
  /** The URL (`parseReceiver`), which may be a secret. */
  readonly to: SecretSource;
  /** Types of events, as globs. */
  readonly on: readonly string[];
  /** The least time between two messages. */
  readonly everyMs: number;
}

export interface HooksSpec {
  readonly onMove?: string;
  readonly onFailover?: string;
  readonly onVipChange?: string;
  readonly onHeartbeatFailure?: string;
  readonly onSwitch?: string;
  readonly onNodeChange?: string;
  readonly onFailure?: string;
  readonly onLeaderChange?: string;
}

/** One thing wrong (or odd) in a config file. */
export interface ConfigProblem {
  readonly severity: "error" | "warning";
  readonly file: string;
  /** 1-based. */
  readonly line: number;
  readonly column: number;
  /** `layout[1].node`; empty for the whole document. */
  readonly path: string;
  /** One sentence: what was found, what was expected, did-you-mean. */
  readonly message: string;
}

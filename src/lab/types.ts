/** What the lab's functions take and give. Times are milliseconds, sizes bytes unless the name says otherwise. */

/** Who sits at a port of the switch, besides the nodes. */
export const CONTROLLER = "controller";

/** What it shows while it works, and what stops it. */
export interface LabPorts {
  readonly progress: LabProgress;
  readonly signal?: AbortSignal | undefined;
}

export interface LabProgress {
  /** One step, shown until it ends; `where` is a node or `lab`. */
  step(where: string, title: string): LabStep;
  warn(message: string): void;
}

export interface LabStep {
  update(text: string): void;
  done(text?: string): void;
  fail(): void;
}

export interface LabOptions {
  /** `[a-z][a-z0-9-]*`, 12 characters at most; labs side by side differ in it. Default `lab`. */
  readonly name?: string | undefined;
  /** Default 3. */
  readonly nodes?: number | undefined;
  /** false: sshd only. Default true. */
  readonly docker?: boolean | undefined;
  /** The lab's own folder. Default `/var/lib/pictl/lab/NAME`. */
  readonly dir?: string | undefined;
  /** An IPv4 network in CIDR notation. Default: the first free one in 10.77.0.0/16. */
  readonly subnet?: string | undefined;
  /** Fetch missing Debian packages with apt. Default false. */
  readonly install?: boolean | undefined;
  /** Size of each node's /var/lib/docker, as tmpfs takes it (`200m`); it then does not outlive a power loss. */
  readonly disk?: string | undefined;
  /** `KEY=VALUE` lines for every node's sshd_config; they win over the lab's own. */
  readonly sshdOptions?: readonly string[] | undefined;
}

/** What is known of a lab before anything of it exists, and what finds it again after a crash. */
export interface LabRecord {
  readonly version: 1;
  readonly name: string;
  readonly dir: string;
  readonly subnet: string;
  readonly nodes: number;
  readonly docker: boolean;
  readonly disk: string | null;
  readonly sshdOptions: readonly string[];
  /** The boot of this machine in which it runs: process ids mean nothing in another. */
  readonly bootId: string;
  /** The topmost folder on the way to `dir` that was not there before; null when `dir` itself was. */
  readonly madeDir: string | null;
  /** Which of the entries that a user may bring along (`config.json`, `docker`) the lab wrote itself. */
  readonly wrote: readonly string[];
}

export interface LabNode {
  readonly name: string;
  readonly address: string;
  /** Derived from the address, so that a node keeps it when its power comes back. */
  readonly mac: string;
  /** The node's disk: what is in it outlives a power loss. */
  readonly dir: string;
}

export interface LabStatus {
  readonly name: string;
  readonly dir: string;
  /** The config to run pictl with. */
  readonly config: string;
  readonly subnet: string;
  /** The controller's own address in the lab. */
  readonly controller: string;
  /** Process in whose network namespace the switch is; null when the lab is down. */
  readonly switchPid: number | null;
  readonly nodes: readonly LabNodeStatus[];
}

export interface LabNodeStatus {
  readonly node: string;
  readonly address: string;
  readonly state: "running" | "stopped";
  /** The node's first process as this machine sees it; null when the node is stopped. */
  readonly pid: number | null;
  readonly sshd: boolean;
  /** null in a lab without Docker. */
  readonly dockerd: boolean | null;
  /** Whom it cannot reach (`to`), who cannot reach it (`from`), or `both`. */
  readonly cut: readonly Cut[];
}

export interface Cut {
  readonly peer: string;
  readonly direction: "to" | "from" | "both";
}

import { createHash, randomUUID } from "node:crypto";
import { mkdir } from "node:fs/promises";
import { hostname, userInfo } from "node:os";
import { dirname, join, resolve } from "node:path";
import { openBuildContexts, savedDigests, sentContext } from "./adapters/build-context/index.ts";
import { systemClock } from "./adapters/clock/index.ts";
import { findConfig, openConfigStore } from "./adapters/config/index.ts";
import { thisMachine } from "./adapters/controller/index.ts";
import { openElastic } from "./adapters/elasticsearch/index.ts";
import { openKibana } from "./adapters/elasticsearch/kibana.ts";
import { openEventFeed } from "./adapters/events/feed.ts";
import { openEventLog } from "./adapters/events/index.ts";
import { openHooks } from "./adapters/hooks/index.ts";
import { openImageStore, storedImages } from "./adapters/image-store/index.ts";
import { openJournal } from "./adapters/journal/index.ts";
import { openNotices } from "./adapters/notices/index.ts";
import { network } from "./adapters/network/index.ts";
import { openRegistries } from "./adapters/registry/index.ts";
import { openScripts } from "./adapters/scripts/index.ts";
import { openSecrets } from "./adapters/secrets/index.ts";
import { daemonOfOldName, daemonPaths } from "./adapters/state/daemons.ts";
import { refuseUnsafeFolder } from "./adapters/state/folder.ts";
import * as state from "./adapters/state/index.ts";
import type {
  AccessState,
  Actor,
  Ask,
  EditableConfigStore,
  Elastic,
  EventFeed,
  EventLog,
  Kibana,
  LeadershipState,
  Nodes,
  OpenCluster,
  Ports,
  Progress,
  SavedLeadership,
  SavedNotices,
  SavedShipping,
  StateFile,
} from "./app/ports.ts";
import { openChecks } from "./checks/index.ts";
import type { ComposeFile } from "./domain/compose/import.ts";
import type { Config, ElasticSection } from "./domain/config/types.ts";
import { doorPort } from "./domain/delivery/door.ts";
import { PictlError } from "./domain/errors.ts";
import type { Face } from "./domain/events/event.ts";
import type { Fence } from "./domain/guard/command.ts";
import { acquireLock, lockHolder } from "./files/lock.ts";
import { bootId, machineId } from "./files/machine.ts";

/** An Elasticsearch, and how far it has the event log. */
export interface ShippingFiles {
  readonly elastic: Elastic;
  readonly feed: EventFeed;
  readonly state: StateFile<SavedShipping>;
  readonly lock: (waitMs: number) => Promise<{ release(): Promise<void> }>;
}

export interface Shipping {
  readonly config: Config;
  readonly files: ShippingFiles | undefined;
  readonly kibana: Kibana | undefined;
}

/** A cluster that is opened with the real thing behind every port, and what the commands alone need of its machine. */
export interface Context extends OpenCluster {
  readonly daemon: OpenCluster["daemon"] & {
    /** What it takes to ship events to this Elasticsearch. */
    readonly shipping: (section: ElasticSection) => ShippingFiles;
    /** What has been told to whom, and how far the event log is told. */
    readonly notices: { readonly feed: EventFeed; readonly state: StateFile<SavedNotices> };
  };
  fenced(fence: () => Fence | undefined): Promise<Context>;
  readonly use: () => () => void;
  /** Who may come in over HTTP. */
  readonly access: AccessState;
  close(): Promise<void>;
}

export interface ContextOptions {
  /** `--config`. */
  readonly configPath: string | undefined;
  readonly concurrency: number;
  readonly signal: AbortSignal;
  readonly progress: Progress;
  /** Missing when there is nobody to ask. */
  readonly ask?: Ask;
  /** The command, for the event log. */
  readonly cause: string;
  /** Of who gives it; `cli` when left out. */
  readonly face?: Face;
  /** It changes nothing, so that there is nothing to tell in the event log. */
  readonly rehearsal?: boolean;
  /** In whose name a daemon gives commands, asked at each of them; missing for commands by hand. */
  readonly fence?: () => Fence | undefined;
}

/** Finds and reads the config (config-not-found, config-invalid) and wires the adapters. Connects to nothing. */
export async function openContext(options: ContextOptions): Promise<Context> {
  const { progress } = options;
  const store = await openStore(options.configPath);
  // Warnings are told by `config check`, not by every command.
  const { config } = await store.read();
  const warn = (message: string): void => {
    progress.warn(message);
  };
  await refuseUnsafeFolder(config.stateDir, store.path);
  // Commands that touch no node go without these.
  const [{ openNodes }, { openEngines }] = await Promise.all([
    import("./adapters/ssh/index.ts"),
    import("./adapters/docker/index.ts"),
  ]);
  const scripts = openScripts();
  const nodesOptions = {
    warn,
    guard: {
      script: () => scripts.read("guard.sh"),
      cluster: config.cluster,
      ...(options.fence ? { fence: options.fence } : {}),
    },
    ...(options.ask ? { ask: options.ask } : {}),
  };
  const nodes = openNodes(nodesOptions);
  // Claims and leases must not wait for a docker command, so they have connections of their own.
  const lane = openNodes(nodesOptions);
  const engines = openEngines(nodes);
  return {
    config,
    store,
    ports: {
      nodes,
      engines,
      contexts: openBuildContexts({
        memory: (key) => state.openStateFile(join(config.stateDir, "contexts", `${key}.json`), savedDigests, { warn }),
        sent: (key) =>
          state.openStateFile(join(config.stateDir, "contexts", `${key}.sent.json`), sentContext, { warn }),
        clock: systemClock,
      }),
      imageStore: openImageStore({
        stateDir: config.stateDir,
        index: state.openSharedState(join(config.stateDir, "images.json"), storedImages, { warn }),
        port: doorPort(config.cluster),
        clock: systemClock,
      }),
      secrets: openSecrets(process.env),
      registries: openRegistries({ hubUrl: process.env["PICTL_HUB_URL"] }),
      journal: openJournal(config.stateDir, config.cluster),
      checks: openChecks({ nodes, engines, network, clock: systemClock }),
      hooks: openHooks(dirname(resolve(store.path))),
      notices: openNotices(process.env),
      scripts,
      events: eventLog(config, { ...options, warn }),
      latestConfig: async () => (await store.read()).config,
      clock: systemClock,
      progress,
      signal: options.signal,
      concurrency: options.concurrency,
      actor: actorOf(options),
      generations: state.openSharedState(
        join(config.stateDir, `generations-${config.cluster}.json`),
        state.generations,
        { warn },
      ),
      history: state.openSharedState(join(config.stateDir, `history-${config.cluster}.json`), state.history, { warn }),
      inhabited: state.openSharedState(inhabitedPath(config, store.path), state.inhabited, { warn }),
      memory: state.openStateFile(join(config.stateDir, `heartbeat-${config.cluster}.json`), state.savedMemory, {
        warn,
      }),
      random: Math.random,
      machine: { bootId: bootId() },
      vipNodes: lane,
    },
    access: openAccess(config, warn),
    hostKeys: nodes.hostKeys,
    controller: thisMachine,
    daemon: { ...daemonFiles(config, store.path, warn), leadership: leadershipState(config, { nodes: lane, warn }) },
    fenced: (fence) => openContext({ ...options, fence }),
    use: () => {
      const ends = [nodes.use(), lane.use()];
      return () => {
        for (const end of ends) end();
      };
    },
    close: async () => {
      await Promise.all([nodes.close(), lane.close()]);
    },
  };
}

/**
 * The config's store alone, for commands that touch no node. `reader`: who reads it, when that is somebody else; what
 * is not in it lies in places of theirs.
 */
export async function openStore(
  configPath: string | undefined,
  reader?: { readonly home: string; readonly root: boolean },
): Promise<EditableConfigStore> {
  const path = findConfig({ flag: configPath, env: process.env, cwd: process.cwd() });
  return reader ? openConfigStore(path, { ...reader, env: {} }) : openConfigStore(path);
}

/** A compose file, for a config. Rejects with compose-invalid. */
export async function readCompose(path: string, store: { readonly path: string }): Promise<ComposeFile> {
  const { readComposeFile } = await import("./adapters/compose/index.ts");
  return readComposeFile(path, { configFolder: dirname(resolve(store.path)), env: process.env });
}

/** The event log alone. */
export async function openLog(options: Pick<ContextOptions, "configPath" | "progress">): Promise<EventLog> {
  const store = await openStore(options.configPath);
  const { config } = await store.read();
  await refuseUnsafeFolder(config.stateDir, store.path);
  const warn = (message: string): void => {
    options.progress.warn(message);
  };
  return openEventLog({ stateDir: config.stateDir, cluster: config.cluster, warn });
}

function shippingFiles(
  { stateDir, cluster }: Pick<Config, "stateDir" | "cluster">,
  section: ElasticSection,
  warn: Warn,
): ShippingFiles {
  return {
    elastic: openElastic(section, openSecrets(process.env)),
    feed: openEventFeed({ stateDir, cluster }, () => Date.now()),
    state: state.openStateFile(join(stateDir, `elasticsearch-${cluster}.json`), state.savedShipping, { warn }),
    lock: (waitMs) => shippingLock({ stateDir, cluster }, waitMs),
  };
}

/**
 * The config and, where it names them, its Elasticsearch and Kibana; nothing that speaks to nodes is loaded.
 */
export async function openShipping(options: Pick<ContextOptions, "configPath" | "progress">): Promise<Shipping> {
  const store = await openStore(options.configPath);
  const { config } = await store.read();
  const { elasticsearch, kibana } = config;
  await refuseUnsafeFolder(config.stateDir, store.path);
  const warn = (message: string): void => {
    options.progress.warn(message);
  };
  return {
    config,
    files: elasticsearch && shippingFiles(config, elasticsearch, warn),
    kibana: kibana === undefined ? undefined : openKibana(kibana, elasticsearch ?? {}, openSecrets(process.env)),
  };
}

async function shippingLock(
  { stateDir, cluster }: Pick<Config, "stateDir" | "cluster">,
  waitMs: number,
): Promise<{ release(): Promise<void> }> {
  await mkdir(stateDir, { recursive: true, mode: 0o700 });
  const path = join(stateDir, `elasticsearch-${cluster}.lock`);
  return acquireLock(path, waitMs, (holder) => `Events of this cluster are being shipped already, by ${holder}.`);
}

/** What it takes to write an event, for commands that touch no node. */
export async function openRecorder(
  options: Pick<ContextOptions, "configPath" | "progress" | "cause">,
): Promise<Pick<Ports, "events" | "clock" | "actor">> {
  return {
    events: await openLog(options),
    clock: systemClock,
    actor: actorOf(options),
  };
}

function actorOf({ cause, face = "cli" }: Pick<ContextOptions, "cause" | "face">): Actor {
  return { who: `${userInfo().username}@${hostname()}`, cause, face };
}

/** Who may come in over HTTP, and what it takes to write that down, for commands that touch no node. */
export async function openAccounts(
  options: Pick<ContextOptions, "configPath" | "progress" | "cause" | "face">,
): Promise<Pick<Ports, "events" | "clock" | "actor"> & Pick<AccessState, "accounts">> {
  const { config } = await (await openStore(options.configPath)).read();
  const { accounts } = openAccess(config, (message) => {
    options.progress.warn(message);
  });
  return { ...(await openRecorder(options)), accounts };
}

function openAccess(
  { stateDir, cluster }: Pick<Config, "stateDir" | "cluster">,
  warn: (message: string) => void,
): AccessState {
  const path = (what: string): string => join(stateDir, `http-${what}-${cluster}.json`);
  return {
    accounts: state.openSharedState(path("accounts"), state.accounts, { warn }),
    sessions: state.openStateFile(path("sessions"), state.sessions, { warn }),
    certificate: state.openStateFile(path("certificate"), state.certificate, { warn, durable: true }),
  };
}

/** Of one config file: another one may have other nodes, and the same name for its cluster. */
function inhabitedPath({ stateDir, cluster }: Config, configPath: string): string {
  const file = createHash("sha256").update(configPath).digest("hex").slice(0, 12);
  return join(stateDir, `nodes-${cluster}-${file}.json`);
}

type Warn = (message: string) => void;

function eventLog(
  { stateDir, cluster }: Config,
  { rehearsal = false, warn }: { readonly rehearsal?: boolean; readonly warn: Warn },
): EventLog {
  const log = openEventLog({ stateDir, cluster, warn });
  return rehearsal ? { ...log, append: () => Promise.resolve() } : log;
}

function leadershipState(
  { stateDir, cluster }: Config,
  { nodes, warn }: { readonly nodes: Nodes; readonly warn: Warn },
): LeadershipState {
  // One from a backup has forgotten what its owner has had the nodes remember since.
  const copied = (saved: SavedLeadership): SavedLeadership => ({ ...saved, machine: "" });
  return {
    memory: state.openStateFile(join(stateDir, `leadership-${cluster}.json`), state.savedLeadership, { warn, copied }),
    // Machines that were cloned are told apart by their boot.
    machine: `${hostname()} ${machineId()} ${bootId()}`,
    newOwner: () => randomUUID(),
    nodes,
  };
}

function daemonFiles(
  { stateDir, cluster }: Config,
  configPath: string,
  warn: Warn,
): Omit<Context["daemon"], "leadership"> {
  const { lock: path, state: told } = daemonPaths(stateDir, cluster);
  const lock = async (): ReturnType<Context["daemon"]["lock"]> => {
    try {
      await mkdir(stateDir, { recursive: true, mode: 0o700 });
      return await acquireLock(
        path,
        0,
        (holder) => `This cluster is watched already, by ${holder}.`,
        "`pictl daemon status` tells what it sees; SIGTERM (`systemctl stop pictl`) ends it within 10 s.",
      );
    } catch (error) {
      if (error instanceof PictlError) throw error;
      throw state.unwritable(`The state folder ${stateDir}`, error);
    }
  };
  return {
    state: state.openStateFile(told, state.daemonState, { warn }),
    vip: (ip) =>
      state.openStateFile(join(stateDir, `vip-${cluster}-${ip}.json`), state.savedVip, { durable: true, warn }),
    shipping: (section) => shippingFiles({ stateDir, cluster }, section, warn),
    notices: {
      feed: openEventFeed({ stateDir, cluster }, () => Date.now()),
      state: state.openStateFile(join(stateDir, `notices-${cluster}.json`), state.savedNotices, { warn }),
    },
    vipRequests: state.openVipRequests({ stateDir, cluster }, { warn }),
    lock,
    holder: () => lockHolder(path),
    ofOldName: () => daemonOfOldName({ stateDir, cluster, configPath }, { warn }),
  };
}

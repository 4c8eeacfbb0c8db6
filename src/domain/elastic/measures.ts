import type { NodeProbe } from "../node/probe.ts";
import type { StatsRow } from "../stats/rows.ts";
import { part, streamsOf } from "./streams.ts";

/** A node as one look found it. */
export interface NodeMeasure extends Partial<NodeProbe> {
  readonly node: string;
  readonly reachable: boolean;
  readonly cordoned: boolean;
  readonly dockerVersion: string | null;
  readonly containersRunning: number | null;
  readonly containers: number | null;
  readonly vip: boolean | null;
}

/** What a container should be, and what is known of it beside what it uses. */
export interface ContainerMeasure {
  readonly wanted: string | null;
  readonly health: string | null;
  readonly uptimeMs: number | null;
  /** How often Docker has started it again. */
  readonly restarts: number | null;
}

export interface MeasureOptions {
  readonly atMs: number;
  readonly dataset: string;
  readonly cluster: string;
  /** Of the machine that measures. */
  readonly agent: string;
  readonly version: string;
}

export interface Measured {
  readonly stream: string;
  /** What tells one measure from every other: two controllers that take it at once write it once. */
  readonly key: string;
  readonly body: object;
}

/** A node's numbers in the Elastic Common Schema and Metricbeat's names for what that has none for. */
export function nodeDocument(row: NodeMeasure, use: StatsRow | undefined, options: MeasureOptions): Measured {
  const { node, cordoned, vip, containers, containersRunning, dockerVersion, cpus, load1, clockMs } = row;
  const { memoryTotalBytes: total, memoryAvailableBytes: available, diskTotalBytes, diskUsedBytes } = row;
  const used = total == null || available == null ? undefined : total - available;
  const state = !row.reachable ? "silent" : dockerVersion === null ? "no docker" : "up";
  return measured("node", node, options, {
    host: known({
      name: node,
      cpu: known({ usage: share(use?.cpuPercent, cpus) }),
      network: traffic(use),
    }),
    system: known({
      load: known({ "1": load1 }),
      memory: known({ total, used: known({ bytes: used, pct: ratio(used, total) }) }),
      filesystem: known({
        total: diskTotalBytes,
        used: known({ bytes: diskUsedBytes, pct: ratio(diskUsedBytes, diskTotalBytes) }),
      }),
    }),
    pictl: {
      node: known({
        state,
        cordoned,
        vip,
        docker_version: dockerVersion,
        clock_skew_ms: clockMs == null ? undefined : Math.round(clockMs - options.atMs),
        containers: known({ running: containersRunning, total: containers }),
      }),
    },
  });
}

/** A container's; `cpus` of its node, since 1 is all of them. */
export function containerDocument(
  row: StatsRow,
  { wanted, health, uptimeMs, restarts }: ContainerMeasure,
  options: MeasureOptions & { readonly cpus: number | null | undefined },
): Measured {
  const { node, container = "", state, memoryBytes, memoryLimitBytes } = row;
  return measured("container", `${container}@${node}`, options, {
    host: { name: node },
    container: known({
      name: container,
      runtime: "docker",
      cpu: known({ usage: share(row.cpuPercent, options.cpus) }),
      memory: known({ usage: ratio(memoryBytes, memoryLimitBytes) }),
      network: traffic(row),
    }),
    pictl: { container: known({ state, wanted, health, restarts, uptime_ms: uptimeMs, memory_bytes: memoryBytes }) },
  });
}

function measured(what: "node" | "container", key: string, options: MeasureOptions, body: object): Measured {
  const { atMs, cluster, agent, version } = options;
  const dataset = `${part(options.dataset)}.${what}`;
  const stream = streamsOf(options)[what === "node" ? "nodes" : "containers"];
  const common = {
    "@timestamp": new Date(atMs).toISOString(),
    ecs: { version: "8.11.0" },
    event: { kind: "metric", module: "pictl", dataset },
    data_stream: { type: "metrics", dataset, namespace: part(cluster) },
    agent: { name: agent, type: "pictl", version },
    orchestrator: { type: "pictl", cluster: { name: cluster } },
  };
  return { stream, key: `${cluster}\0${key}\0${String(atMs)}`, body: { ...common, ...body } };
}

/** Without what is not known; undefined where nothing is. */
function known(object: Readonly<Record<string, unknown>>): object | undefined {
  const entries = Object.entries(object).filter(([, value]) => value !== undefined && value !== null);
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

function traffic(use: StatsRow | undefined): object | undefined {
  return known({
    ingress: known({ bytes: use?.networkRxBytes }),
    egress: known({ bytes: use?.networkTxBytes }),
  });
}

/** Of 100 a processor, from 0 to 1 of all. */
function share(percent: number | null | undefined, cpus: number | null | undefined): number | undefined {
  return percent == null || cpus == null || cpus === 0 ? undefined : round(percent / 100 / cpus);
}

function ratio(part: number | null | undefined, whole: number | null | undefined): number | undefined {
  return part == null || whole == null || whole === 0 ? undefined : round(part / whole);
}

function round(value: number): number {
  return Math.round(value * 10_000) / 10_000;
}

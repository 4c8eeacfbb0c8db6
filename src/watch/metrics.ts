import { isAsWanted } from "../domain/container/status.ts";
import type { LiveContainer, LiveNode, LiveVip, Model } from "./model.ts";
import { containersOf } from "./select.ts";

/** What is not of the cluster but of the process that tells. */
export interface ProcessMetrics {
  /** The longest that this process's event loop stood still of late, seconds. */
  readonly eventLoopLagSeconds: number;
  /** Since it began to count, by node: SSH handshakes that came about, and that did not. */
  readonly handshakes: ReadonlyMap<string, { readonly made: number; readonly failed: number }>;
  /** Events of each type since it began to count. */
  readonly events: ReadonlyMap<string, number>;
}

/** What is counted of the event log, by the type of its events. */
const countedEvents = [
  ["container.moved", "pictl_moves_total", "Moves that came about, by hand or by apply."],
  ["container.move-failed", "pictl_moves_failed_total", "Moves that failed."],
  ["container.failed-over", "pictl_failovers_total", "Containers that were failed over."],
  ["container.failover-failed", "pictl_failovers_failed_total", "Failovers that failed."],
] as const;

interface Metric {
  readonly name: string;
  readonly help: string;
  readonly type: "gauge" | "counter";
  readonly samples: readonly Sample[];
}

interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/**
 * The model in the text format of Prometheus (0.0.4), `GET /metrics`. What is not known has no sample: a graph with a gap
 * says so, and a zero would not.
 */
export function metricsText(model: Model, nowMs: number, process?: ProcessMetrics): string {
  const cluster = { cluster: model.cluster };
  const metrics: readonly Metric[] = [
    ...nodeMetrics([...model.nodes.values()], nowMs),
    ...containerMetrics(containersOf(model)),
    ...heartbeatMetrics(model, nowMs),
    ...vipMetrics([...model.vips.values()]),
    ...eventMetrics(model),
    ...(process ? processMetrics(process) : []),
  ];
  return metrics
    .filter(({ samples }) => samples.length > 0)
    .map(({ name, help, type, samples }) => {
      const lines = samples.map(
        ({ labels, value }) => `${name}${labelText({ ...cluster, ...labels })} ${String(value)}`,
      );
      return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.join("\n")}\n`;
    })
    .join("");
}

function processMetrics({ eventLoopLagSeconds, handshakes, events }: ProcessMetrics): readonly Metric[] {
  const of = ([node]: readonly [string, unknown]): Sample["labels"] => ({ node });
  return [
    counter(
      "pictl_ssh_handshakes_total",
      "SSH handshakes of this process on the way to a node that came about.",
      each([...handshakes], of, ([, { made }]) => made),
    ),
    counter(
      "pictl_ssh_handshake_errors_total",
      "Those that did not, each attempt.",
      each([...handshakes], of, ([, { failed }]) => failed),
    ),
    // A zero is known here, and a rate needs to see it.
    ...countedEvents.map(([type, name, help]) => counter(name, help, [{ labels: {}, value: events.get(type) ?? 0 }])),
    gauge("pictl_event_loop_lag_seconds", "The longest that pictl's event loop stood still of late.", [
      { labels: {}, value: eventLoopLagSeconds },
    ]),
  ];
}

/** `{node="n1"}`; the values are the user's, and a quote in one must not begin another. */
function labelText(labels: Readonly<Record<string, string>>): string {
  const escaped = (value: string): string =>
    value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
  return `{${Object.entries(labels)
    .map(([name, value]) => `${name}="${escaped(value)}"`)
    .join(",")}}`;
}

function gauge(name: string, help: string, samples: Metric["samples"]): Metric {
  return { name, help, type: "gauge", samples };
}

function counter(name: string, help: string, samples: Metric["samples"]): Metric {
  return { name, help, type: "counter", samples };
}

/** One sample for each thing that has a number. */
function each<T>(
  all: readonly T[],
  labels: (one: T) => Sample["labels"],
  value: (one: T) => number | null | undefined,
): readonly Sample[] {
  return all.flatMap((one) => {
    const number = value(one);
    return number == null || !Number.isFinite(number) ? [] : [{ labels: labels(one), value: number }];
  });
}

function nodeMetrics(nodes: readonly LiveNode[], nowMs: number): readonly Metric[] {
  const of = ({ node }: LiveNode): Sample["labels"] => ({ node });
  const known = nodes.filter(({ state }) => state !== "connecting");
  const up = nodes.filter(({ state }) => state === "answering");
  return [
    gauge(
      "pictl_node_up",
      "1 for a node that answers.",
      each(known, of, ({ state }) => Number(state === "answering")),
    ),
    gauge(
      "pictl_node_docker_up",
      "1 for a node whose Docker answers.",
      each(
        up.filter(({ docker }) => docker.state !== "connecting"),
        of,
        ({ docker }) => Number(docker.state === "answering"),
      ),
    ),
    gauge(
      "pictl_node_cordoned",
      "1 for a node on which nothing new is placed.",
      each(nodes, of, ({ spec }) => Number(spec.cordoned)),
    ),
    gauge(
      "pictl_node_seen_seconds",
      "Seconds since the node last answered.",
      each(nodes, of, ({ seenAtMs }) => (seenAtMs === null ? null : Math.max(0, nowMs - seenAtMs) / 1000)),
    ),
    gauge(
      "pictl_node_load1",
      "Its load of the last minute.",
      each(up, of, ({ facts }) => facts.load1),
    ),
    gauge(
      "pictl_node_cpus",
      "Its processors.",
      each(up, of, ({ facts }) => facts.cpus),
    ),
    gauge(
      "pictl_node_cpu_ratio",
      "How much of its processors is used, 0 to 1.",
      each(up, of, ({ use, facts }) =>
        use?.cpuPercent == null || !facts.cpus ? null : use.cpuPercent / 100 / facts.cpus,
      ),
    ),
    gauge(
      "pictl_node_memory_bytes",
      "Its memory.",
      each(up, of, ({ facts }) => facts.memoryTotalBytes),
    ),
    gauge(
      "pictl_node_memory_available_bytes",
      "Its memory that is available.",
      each(up, of, ({ facts }) => facts.memoryAvailableBytes),
    ),
    gauge(
      "pictl_node_disk_bytes",
      "The file system of its Docker.",
      each(up, of, ({ facts }) => facts.diskTotalBytes),
    ),
    gauge(
      "pictl_node_disk_available_bytes",
      "What is left of it.",
      each(up, of, ({ facts }) => facts.diskAvailableBytes),
    ),
    gauge(
      "pictl_node_temperature_celsius",
      "The hottest of its sensors.",
      each(up, of, ({ use }) => use?.temperatureCelsius),
    ),
  ];
}

function containerMetrics(rows: readonly LiveContainer[]): readonly Metric[] {
  const of = ({ container, node }: LiveContainer): Sample["labels"] => ({ container, node });
  const known = rows.filter(({ state }) => state !== "unknown");
  const count = (value: number): readonly Sample[] => [{ labels: {}, value }];
  return [
    gauge(
      "pictl_containers_wanted",
      "Containers that the config wants.",
      count(rows.filter(({ wanted }) => wanted).length),
    ),
    gauge(
      "pictl_containers_running",
      "Of those and of strays, the ones that run.",
      count(known.filter(({ startedAtMs }) => startedAtMs !== null).length),
    ),
    gauge("pictl_containers_unknown", "Those whose node cannot be asked.", count(rows.length - known.length)),
    gauge(
      "pictl_container_as_wanted",
      "1 for a container that is as the config wants it.",
      each(known, of, (row) => Number(isAsWanted(row))),
    ),
    gauge(
      "pictl_container_running",
      "1 for a container that runs.",
      each(known, of, ({ startedAtMs }) => Number(startedAtMs !== null)),
    ),
    counter(
      "pictl_container_restarts_total",
      "How often Docker has started it again since somebody started it.",
      each(known, of, ({ restarts }) => restarts),
    ),
    gauge(
      "pictl_container_start_time_seconds",
      "When it was started, since the epoch.",
      each(known, of, ({ startedAtMs }) => (startedAtMs === null ? null : startedAtMs / 1000)),
    ),
  ];
}

function heartbeatMetrics({ heartbeat, daemon }: Model, nowMs: number): readonly Metric[] {
  const { checks, lastRoundAtMs } = heartbeat;
  const of = ({ container, node, kind }: (typeof checks)[number]): Sample["labels"] => ({
    container,
    node,
    check: kind,
  });
  const one = (value: number | null): readonly Sample[] => (value === null ? [] : [{ labels: {}, value }]);
  return [
    gauge(
      "pictl_daemon_up",
      "1 while a daemon runs on this machine.",
      one(daemon.seenAtMs === null ? null : Number(daemon.row !== null)),
    ),
    gauge(
      "pictl_heartbeat_last_round_seconds",
      "Seconds since its last round of checks.",
      one(lastRoundAtMs === null ? null : Math.max(0, nowMs - lastRoundAtMs) / 1000),
    ),
    gauge(
      "pictl_heartbeat_failures",
      "Failures of a check in a row.",
      each(checks, of, ({ failures }) => failures),
    ),
    gauge(
      "pictl_heartbeat_restarts",
      "Restarts since the check last succeeded.",
      each(checks, of, ({ restarts }) => restarts),
    ),
    gauge(
      "pictl_heartbeat_failing",
      "Checks that fail.",
      one(checks.filter(({ failures, message }) => failures > 0 || message !== null).length),
    ),
    gauge(
      "pictl_heartbeat_isolated",
      "1 while the daemon believes that this machine is cut off.",
      one(heartbeat.seenAtMs === null ? null : Number(heartbeat.isolatedSinceMs !== null)),
    ),
  ];
}

function vipMetrics(vips: readonly LiveVip[]): readonly Metric[] {
  const seen = vips.filter(({ seenAtMs }) => seenAtMs !== null);
  const held = seen.flatMap(({ vip, candidates }) => candidates.map(({ node, state }) => ({ vip, node, state })));
  return [
    gauge(
      "pictl_vip_held",
      "1 where a virtual IP is.",
      each(
        held,
        ({ vip, node }) => ({ vip, node }),
        ({ state }) => Number(state === "holds"),
      ),
    ),
    gauge(
      "pictl_vip_holders",
      "How many nodes have it: 1 when all is well.",
      each(
        seen,
        ({ vip }) => ({ vip }),
        ({ holders }) => holders.length,
      ),
    ),
    gauge(
      "pictl_vip_lease_seconds",
      "Until its holder's kernel takes it away.",
      each(
        seen,
        ({ vip }) => ({ vip }),
        ({ leaseSecondsLeft }) => leaseSecondsLeft,
      ),
    ),
  ];
}

/** Of the events that the model holds: what began long ago is not among them. */
function eventMetrics({ events, moves }: Model): readonly Metric[] {
  const last = events.findLast(({ type }) => type === "container.moved");
  const ofLast = (ms: number | undefined): readonly Sample[] =>
    ms === undefined ? [] : [{ labels: { container: last?.container ?? "" }, value: ms / 1000 }];
  return [
    gauge(
      "pictl_moves_open",
      "Moves that have not ended.",
      moves.seenAtMs === null ? [] : [{ labels: {}, value: moves.open.length }],
    ),
    gauge("pictl_last_move_seconds", "How long the last move took.", ofLast(last?.durationMs)),
    gauge("pictl_last_move_gap_seconds", "How long neither copy ran in it.", ofLast(last?.gapMs)),
  ];
}

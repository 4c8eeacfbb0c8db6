import type { Config } from "../../src/domain/config/types.ts";
import type { StatusState } from "../../src/domain/container/status.ts";
import type { PictlEvent } from "../../src/domain/events/event.ts";
import type { Live } from "../../src/watch/live.ts";
import type { LiveContainer, LiveNode, LiveVip, Model } from "../../src/watch/model.ts";
import { firstModel } from "../../src/watch/reduce/first.ts";

/** A live model that a test paints: no node is behind it. */
export interface PaintedLive extends Live {
  change(how: (model: Model) => Model): void;
  /** How many have subscribed. */
  viewers(): number;
}

export function paintedLive(first: Model): PaintedLive {
  let model = first;
  const listeners = new Set<Parameters<Live["subscribe"]>[0]>();
  return {
    current: () => model,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    watch: () => () => undefined,
    refresh: async () => undefined,
    stop: async () => undefined,
    viewers: () => listeners.size,
    change(how) {
      const before = model;
      model = how(model);
      for (const listener of listeners) listener(model, before);
    },
  };
}

/** Every node answers and every container runs, less those that are given another state by `container@node`. */
export function paintedModel(config: Config, states: Readonly<Record<string, StatusState>> = {}): Model {
  const model = firstModel({ config, path: "/etc/pictl/config.json", wishes: new Map() }, Date.now());
  const events: readonly PictlEvent[] = Array.from({ length: 30 }, (_, index) => ({
    time: new Date(Date.now() - (30 - index) * 61_000).toISOString(),
    type: index % 7 === 0 ? "heartbeat.failed" : "container.started",
    container: "web",
    node: "n1",
    cause: "pictl start",
    who: "anna",
    face: "web",
    ...(index % 7 === 0 ? { error: "connection refused on port 80" } : {}),
  }));
  return {
    ...model,
    vips: new Map([...model.vips].map(([ip, vip]) => [ip, paintedVip(vip, model)])),
    heartbeat: paintedHeartbeat(model, states),
    nodes: new Map([...model.nodes].map(([name, node], index) => [name, painted(node, index, states)])),
    events,
    jobs: [
      {
        id: "1",
        operation: "container.move",
        title: "move web to n2",
        who: "anna",
        face: "web",
        state: "running",
        startedAtMs: Date.now() - 12_000,
        endedAtMs: null,
        progress: "web@n2: pulling nginx:1.27",
        failures: [],
      },
    ],
  };
}

function painted(node: LiveNode, index: number, states: Readonly<Record<string, StatusState>>): LiveNode {
  const now = Date.now();
  return {
    ...node,
    state: "answering",
    sinceMs: now - 3_600_000,
    seenAtMs: now,
    docker: { ...node.docker, state: "answering", seenAtMs: now, hears: true },
    facts: {
      ...node.facts,
      reachable: true,
      dockerVersion: "27.3.1",
      containersRunning: node.containers.size,
      containers: node.containers.size,
      diskTotalBytes: 64e9,
      diskUsedBytes: 20e9 + (index % 5) * 9e9,
      diskAvailableBytes: 44e9 - (index % 5) * 9e9,
    },
    use: {
      cpuPercent: (index * 17) % 96,
      memoryBytes: 1e9 + index * 4e8,
      memoryLimitBytes: 4e9,
      networkRxBytesPerSecond: 1e5,
      networkTxBytesPerSecond: 2e5,
      temperatureCelsius: null,
    },
    images: paintedImages(node),
    containers: new Map(
      [...node.containers].map(([name, row]) => [name, paintedRow(row, states[row.key] ?? "running", now)]),
    ),
  };
}

/** The first node has it; the last one cannot. */
function paintedVip(vip: LiveVip, { nodes }: Model): LiveVip {
  const names = [...nodes.keys()].slice(0, 3);
  return {
    ...vip,
    node: names[0] ?? null,
    holders: names.slice(0, 1),
    since: new Date(Date.now() - 5_400_000).toISOString(),
    leaseSecondsLeft: vip.mode === "lease" ? 12 : null,
    seenAtMs: Date.now(),
    candidates: names.map((node, index) => ({
      node,
      device: "eth0",
      state: index === 0 ? "holds" : index === 1 ? "fit" : "unfit",
      leaseSecondsLeft: null,
      message: index === 2 ? "eth0 is down" : "",
    })),
  };
}

function paintedHeartbeat({ heartbeat }: Model, states: Readonly<Record<string, StatusState>>): Model["heartbeat"] {
  const failing = Object.keys(states).length > 1;
  return {
    ...heartbeat,
    ...(failing ? { lastRoundAtMs: Date.now() - 4000, seenAtMs: Date.now() } : {}),
    checks: heartbeat.checks.map((check) =>
      failing && states[check.key] === "unhealthy"
        ? { ...check, failures: 3, restarts: 1, message: "connection refused on port 80" }
        : check,
    ),
  };
}

function paintedImages({ node, containers }: LiveNode): LiveNode["images"] {
  return ["nginx:1.27", `shop/api:${node}`, "redis:7"].map((tag, index) => ({
    node,
    id: `sha256:${String(index)}${node}0123456789abcdef`,
    tags: [tag],
    sizeBytes: 187e6 - index * 40e6,
    createdAt: new Date(Date.now() - (index + 2) * 86_400_000).toISOString(),
    ageMs: (index + 2) * 86_400_000,
    wantedBy: index === 0 ? [...containers.keys()].slice(0, 1) : [],
    usedBy: [],
    dangling: false,
  }));
}

function paintedRow(row: LiveContainer, state: StatusState, now: number): LiveContainer {
  const runs = state === "running" || state === "unhealthy";
  return {
    ...row,
    state,
    detail: state === "running" ? "" : `it is ${state}`,
    startedAtMs: runs ? now - 7_200_000 : null,
    image: "nginx:1.27",
    cpuPercent: runs ? 3.4 : null,
    memoryBytes: runs ? 81e6 : null,
    memoryLimitBytes: 256e6,
    useAtMs: now,
    seenAtMs: now,
  };
}

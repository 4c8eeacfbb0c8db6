import type { PictlEvent } from "../../src/domain/events/event.ts";
import { noMemory } from "../../src/domain/heartbeat/memory.ts";
import { parseProbe } from "../../src/domain/node/probe.ts";
import type { Happening } from "../../src/watch/happening.ts";
import type { LiveNodeUse, Model } from "../../src/watch/model.ts";
import { config, node, placement } from "../fakes/config.ts";
import { answered, container as bare, looked, lost, modelOf, startMs, state } from "../watch/model.ts";

/** Of this cluster, running the image that it should. */
function container(name: string, parts: Parameters<typeof bare>[1] = {}): ReturnType<typeof bare> {
  return bare(name, { labels: { "io.pictl.cluster": "attic", "io.pictl.container": name }, ...parts });
}

/** Four nodes, one of them silent; six containers, of which one has stopped and one runs with other arguments. */
const cluster = config({
  cluster: "attic",
  nodes: [node("n1"), node("n2"), { ...node("n3"), labels: { zone: "attic" } }, node("n4")],
  placements: [
    placement("web", "n1"),
    placement("web", "n2"),
    placement("db", "n2"),
    placement("cache", "n3"),
    placement("queue", "n3"),
    placement("backup", "n4"),
  ],
  constraints: [{ container: "web", hosts: ["n1", "n2", "n3"] }],
  heartbeat: {
    automatic: true,
    intervalMs: 10_000,
    failoverAfter: 3,
    failoverPolicy: "spread",
    checks: [
      { node: "n1", container: "web", check: { kind: "http" } },
      { node: "n2", container: "db", check: { kind: "tcp" } },
    ],
  },
  vips: [
    {
      name: "front",
      ip: "10.0.0.9",
      mode: "lease",
      leaseMs: 20_000,
      preempt: false,
      candidates: [
        { node: "n1", device: "eth0", slave: undefined, pingIntervalMs: 1000 },
        { node: "n2", device: "eth0", slave: undefined, pingIntervalMs: 1000 },
      ],
    },
  ],
});

const probe = {
  ...parseProbe(""),
  os: "Debian GNU/Linux 12 (bookworm)",
  arch: "x86_64",
  kernel: "6.1.0-18",
  uptimeSeconds: 86_400 * 12,
  load1: 0.42,
  memoryTotalBytes: 8 << 30,
  memoryAvailableBytes: 5 << 30,
  diskUsedBytes: 30e9,
  diskAvailableBytes: 70e9,
};
const gib = 2 ** 30;
const use = (cpuPercent: number, memory: number): LiveNodeUse => ({
  cpuPercent,
  memoryBytes: memory * gib,
  memoryLimitBytes: 8 * gib,
  networkRxBytesPerSecond: 12_000,
  networkTxBytesPerSecond: 3000,
  temperatureCelsius: null,
});

const known = { ...probe, memoryTotalBytes: 8 * gib, memoryAvailableBytes: 5 * gib };
const running = {
  state: "running",
  startedAtMs: startMs - 3 * 3_600_000,
  ports: [{ ip: "0.0.0.0", publicPort: 8080, privatePort: 80, protocol: "tcp" }],
} as const;

const events: readonly PictlEvent[] = [
  {
    time: new Date(startMs - 60_000).toISOString(),
    type: "container.created",
    node: "n1",
    container: "web",
    after: { image: "web" },
    who: "ada@desk",
    cause: "pictl create",
  },
  {
    time: new Date(startMs - 30_000).toISOString(),
    type: "container.stopped",
    node: "n2",
    container: "db",
    before: "running",
    after: "exited",
    who: "daemon",
  },
  {
    time: new Date(startMs - 9_000).toISOString(),
    type: "container.create-failed",
    node: "n3",
    container: "queue",
    error: "No such image: queue:latest",
    who: "ada@desk",
    cause: "pictl create queue",
  },
];

const happened: readonly Happening[] = [
  answered("n1", startMs + 1000, { probe: known, use: use(12, 3), vips: new Map([["10.0.0.9", 14]]) }),
  looked("n1", startMs + 1000, state([container("web", running)])),
  answered("n2", startMs + 1100, { probe: known, use: use(88, 7) }),
  looked(
    "n2",
    startMs + 1100,
    state([
      container("web", running),
      container("db", { state: "exited", exitCode: 137, finishedAtMs: startMs - 240_000 }),
    ]),
  ),
  answered("n3", startMs + 1200, { probe: known, use: use(3, 1) }),
  looked(
    "n3",
    startMs + 1200,
    state([container("cache", running), container("queue", { ...running, image: "queue:1", imageId: "sha256:old" })]),
  ),
  lost("n4", startMs + 3000, {
    message: "It does not answer within 3 s.",
    hint: "Is it switched on? `pictl doctor n4` looks closer.",
  }),
  { kind: "events", events, atMs: startMs + 3000 },
  {
    kind: "heartbeat",
    memory: {
      ...noMemory,
      lastRoundAt: startMs - 4000,
      trials: { "db@n2": { failures: 2, restarts: 1, lastRestartAt: startMs - 20_000 } },
    },
    atMs: startMs + 3000,
  },
];

export function attic(more: readonly Happening[] = []): Model {
  return modelOf(cluster, [...happened, ...more]);
}

/** Nothing has been heard of anybody. */
export function unknown(): Model {
  return modelOf(cluster);
}

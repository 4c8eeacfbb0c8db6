import { wantedDigest } from "../../src/app/place/prepare/environment.ts";
import type { Clock, Connection, Engine, Outcome } from "../../src/app/ports.ts";
import type { Config, NodeSpec, Placement } from "../../src/domain/config/types.ts";
import type { ContainerFacts, EngineEvent } from "../../src/domain/docker/facts.ts";
import { PictlError } from "../../src/domain/errors.ts";
import { noMemory } from "../../src/domain/heartbeat/memory.ts";
import type { LiveSources } from "../../src/watch/feed/feed.ts";
import { config as configOf, node as nodeOf, placement } from "./config.ts";
import { containerFacts, imageFacts } from "./facts.ts";

/** A cluster in memory for what feeds the live model: nodes that answer, and ones that hang, flood or are dead. */
export interface LiveCluster {
  readonly sources: LiveSources;
  readonly node: (name: string) => FakeNode;
}

export interface FakeNode {
  /** What its Docker has. */
  readonly containers: Map<string, ContainerFacts>;
  /** Connections are refused, and commands end with their connection. */
  dead: boolean;
  /** Docker answers no more. */
  hung: boolean;
  /** What has been asked: `pulse`, `uses`, `list`, `container web`, `events SINCE`. */
  readonly asked: string[];
  /** Something happens: told to who listens. */
  tell(event: Partial<EngineEvent>): void;
  /** The stream of events breaks off. */
  cut(): void;
}

export function liveCluster(
  clock: Clock,
  { nodes, containers }: { readonly nodes: number; readonly containers: number },
): LiveCluster {
  const names = Array.from({ length: nodes }, (_, index) => `n${String(index + 1)}`);
  const placements = names.flatMap((name) =>
    Array.from({ length: containers }, (_, index) => placement(`c${String(index + 1)}`, name, { image: "app:1" })),
  );
  const config: Config = configOf({ nodes: names.map((name) => nodeOf(name)), placements });
  const all = new Map(
    names.map((name) => [
      name,
      fakeNode(
        clock,
        placements.filter((each) => each.node === name),
      ),
    ]),
  );
  const find = (name: string): ReturnType<typeof fakeNode> => {
    const found = all.get(name);
    if (!found) throw new RangeError(`there is no node ${name}`);
    return found;
  };
  const ports = {
    clock,
    signal: new AbortController().signal,
    concurrency: 32,
    random: () => 0,
    nodes: {
      connect: ({ name }: NodeSpec) => find(name).connect(name),
      discard: () => undefined,
      close: () => Promise.resolve(),
    },
    engines: { on: ({ name }: NodeSpec) => find(name).engine(name) },
    secrets: { read: () => Promise.reject(new Error("none")), envFile: () => Promise.resolve([]) },
    memory: { read: () => Promise.resolve({ memory: noMemory, monotonic: 0, now: 0 }) },
    journal: { read: () => Promise.resolve([]) },
    progress: { warn: () => undefined },
    events: {
      async *read({ signal, onCaughtUp }: { signal: AbortSignal; onCaughtUp?: () => void | Promise<void> }) {
        await onCaughtUp?.();
        await clock.sleep(Number.MAX_SAFE_INTEGER / 1e7, signal).catch(() => undefined);
        yield* [];
      },
    },
  } as unknown as LiveSources["ports"];
  return {
    node: find,
    sources: {
      config,
      ports,
      store: {
        path: "/cluster.json",
        stamp: () => Promise.resolve("1"),
        read: () => Promise.resolve({ config, raw: {} as never, warnings: [] }),
      },
      controller: { lookAtStateDir: (path) => Promise.resolve({ path, state: "writable" }) },
      daemon: {
        state: { read: () => Promise.resolve(undefined), write: () => Promise.resolve() },
        vip: () => ({ read: () => Promise.resolve(undefined), write: () => Promise.resolve() }),
        holder: () => Promise.resolve(undefined),
        ofOldName: () => Promise.resolve(undefined),
      },
    },
  };
}

const lost = (node: string): Promise<never> =>
  Promise.reject(new PictlError("node-unreachable", "It does not answer.", { node }));

function fakeNode(
  clock: Clock,
  placed: readonly Placement[],
): FakeNode & {
  connect(name: string): Promise<Connection>;
  engine(name: string): Promise<Engine>;
} {
  const asked: string[] = [];
  const listeners = new Set<{ push(event: EngineEvent): void; cut(): void }>();
  let ticks = 0;
  const node = {
    containers: new Map(placed.map((each, index) => [each.container, running(each, index)])),
    dead: false,
    hung: false,
    asked,
    tell(event: Partial<EngineEvent>) {
      const at = `${String(Math.floor(clock.now() / 1000))}.000000001`;
      for (const each of listeners) each.push({ type: "container", action: "die", id: "", names: [], at, ...event });
    },
    cut() {
      for (const each of listeners) each.cut();
    },
    connect: (name: string): Promise<Connection> => {
      if (node.dead) return lost(name);
      const run = (command: { readonly text?: string; readonly args?: readonly string[] }): Promise<Outcome> => {
        if (node.dead) return lost(name);
        const uses = command.text?.includes("cgroup") === true;
        asked.push(uses ? "uses" : "pulse");
        ticks += 1;
        const stdout = uses ? counters([...node.containers.values()], ticks) : pulse(ticks);
        return Promise.resolve({ status: "ok", code: 0, stdout, stderr: "", truncated: false, durationMs: 1 });
      };
      return Promise.resolve({ node: name, run } as unknown as Connection);
    },
    engine: (name: string): Promise<Engine> => {
      if (node.dead) return lost(name);
      const ask = async <T>(what: string, answer: () => T): Promise<T> => {
        asked.push(what);
        if (node.hung) await clock.sleep(1e8);
        return answer();
      };
      return Promise.resolve({
        info: () => ask("info", () => info),
        images: () => ask("images", () => [imageFacts({ id: "sha256:app", tags: ["app:1"] })]),
        stopMarks: () => ask("marks", () => []),
        containers: (known: (facts: ContainerFacts) => ContainerFacts | undefined) =>
          ask("list", () =>
            [...node.containers.values()].map((facts) => {
              const listed = { ...facts, startedAtMs: null };
              const before = known(listed);
              if (!before) asked.push(`inspect ${facts.name}`);
              return before ?? facts;
            }),
          ),
        container: (wanted: string) => ask(`container ${wanted}`, () => node.containers.get(wanted)),
        async events({ since, signal }: { since: string | undefined; signal: AbortSignal }) {
          await ask(`events ${since ?? "from now"}`, () => undefined);
          return heard(listeners, signal);
        },
      } as unknown as Engine);
    },
  };
  return node;
}

async function* heard(
  listeners: Set<{ push(event: EngineEvent): void; cut(): void }>,
  signal: AbortSignal,
): AsyncGenerator<EngineEvent> {
  const waiting: EngineEvent[] = [];
  let wake: () => void = () => undefined;
  const state = { isCut: false };
  const own = {
    push: (event: EngineEvent) => {
      waiting.push(event);
      wake();
    },
    cut: () => {
      state.isCut = true;
      wake();
    },
  };
  listeners.add(own);
  signal.addEventListener("abort", own.cut, { once: true });
  try {
    for (;;) {
      yield* waiting.splice(0);
      if (state.isCut) throw new PictlError("connection-lost", "It broke off.");
      await new Promise<void>((resolve) => (wake = resolve));
    }
  } finally {
    listeners.delete(own);
    signal.removeEventListener("abort", own.cut);
  }
}

const info = { id: "E", product: "Docker", serverVersion: "20.10", architecture: "x86_64" };

function running(wanted: Placement, index: number): ContainerFacts {
  const name = wanted.container;
  return containerFacts({
    id: index.toString(16).padStart(64, "0"),
    name,
    image: "app:1",
    imageId: "sha256:app",
    statusText: "Up 3 minutes",
    labels: {
      "io.pictl.cluster": "test",
      "io.pictl.container": name,
      "io.pictl.digest": wantedDigest(wanted, []),
    },
  });
}

function pulse(ticks: number): string {
  return `=== pictl load\n0.5 0.5 0.5 1/2 3\n=== pictl memory\nMemTotal: 1000 kB\nMemAvailable: 500 kB
=== pictl processors\ncpu ${String(ticks)} 0 0 ${String(ticks * 9)} 0 0 0 0 0 0\ncpu0 0 0 0 0 0 0 0 0 0 0\n`;
}

function counters(all: readonly ContainerFacts[], ticks: number): string {
  const look = (seconds: number): string =>
    [
      `moment ${String(seconds)}.000 1`,
      ...all.flatMap(({ id }) => [
        `./docker/${id}/cpu.stat:usage_usec ${String(seconds * 1000)}`,
        `./docker/${id}/memory.current:5000`,
      ]),
    ].join("\n");
  return `${look(ticks * 2)}\n${look(ticks * 2 + 1)}\n`;
}

import { abortable } from "../../src/abort.ts";
import type { Engine, Engines, Nodes } from "../../src/app/ports.ts";
import type { NodeSpec } from "../../src/domain/config/types.ts";
import { dockerUnavailable } from "../../src/domain/docker/client/failure.ts";
import { PictlError } from "../../src/domain/errors.ts";
import type { Fence } from "../../src/domain/guard/command.ts";
import { interrupted, SimConnection } from "./connection.ts";
import type { Answer, Process } from "./process.ts";
import type { World } from "./world.ts";

const connectTimeoutMs = 10_000;

interface SimNodes extends Nodes {
  connect(node: NodeSpec, signal?: AbortSignal): Promise<SimConnection>;
}

/** The SSH side of one process. */
export function openSimNodes(world: World, process: Process, fence?: () => Fence | undefined): SimNodes {
  const opened = new Map<string, Promise<SimConnection>>();
  const forget = (node: string, which: Promise<SimConnection>): void => {
    if (opened.get(node) === which) opened.delete(node);
  };
  const open = (node: NodeSpec): Promise<SimConnection> => {
    const opening = process.ask<SimConnection>(`${node.name}: connect`, (answer) => {
      shakeHands(world, process, {
        node,
        answer,
        fence,
        onLost: () => {
          forget(node.name, opening);
        },
      });
    });
    opened.set(node.name, opening);
    opening.catch(() => {
      forget(node.name, opening);
    });
    return opening;
  };
  return {
    async connect(node, signal) {
      if (signal?.aborted) throw interrupted(node.name, signal);
      try {
        return await abortable(opened.get(node.name) ?? open(node), signal);
      } catch (error) {
        throw signal?.aborted ? interrupted(node.name, signal) : error;
      }
    },
    discard(node) {
      const connection = opened.get(node);
      opened.delete(node);
      connection?.then(
        (each) => {
          each.close();
        },
        () => undefined,
      );
    },
    async close() {
      await Promise.all(
        [...opened.values()].map((each) =>
          each.then(
            (connection) => {
              connection.close();
            },
            () => undefined,
          ),
        ),
      );
    },
  };
}

function shakeHands(
  world: World,
  process: Process,
  {
    node,
    answer,
    ...options
  }: {
    node: NodeSpec;
    answer: Answer<SimConnection>;
    fence: (() => Fence | undefined) | undefined;
    onLost: () => void;
  },
): void {
  const machine = world.node(node.name);
  const { network } = world;
  const from = process.machine;
  const unreachable = (): void => {
    answer.reject(new PictlError("node-unreachable", `${node.name} does not answer.`, { node: node.name }));
  };
  const off = process.timer(connectTimeoutMs, unreachable);
  const rtt = 3 * (network.delay(from, node.name) + network.delay(node.name, from));
  // TCP asks again after one second, and then after two and four more.
  const again = [1000, 2000, 4000];
  const attempt = (): void => {
    const next = again.shift();
    if (!network.reaches(from, node.name)) {
      if (next !== undefined) world.timeline.after(next, attempt);
      return;
    }
    off();
    if (machine.refuses) {
      answer.reject(new PictlError("auth-failed", `${node.name} refused every key.`, { node: node.name }));
    } else answer.resolve(new SimConnection(world, process, machine, options));
  };
  world.timeline.after(rtt, attempt);
}

const apiTimeoutMs = 30_000;

/** Docker's API on each node, through that process's connections. */
export function openSimEngines(world: World, nodes: SimNodes): Engines {
  return {
    async on(node, signal) {
      await nodes.connect(node, signal);
      return engine(world, nodes, node, signal);
    },
  };
}

function engine(world: World, nodes: SimNodes, node: NodeSpec, signal: AbortSignal | undefined): Engine {
  const { docker } = world.node(node.name);
  const ask = async <T>(what: string, look: () => T): Promise<T> => {
    const connection = await nodes.connect(node, signal);
    return connection.request<T>(what, {
      timeoutMs: apiTimeoutMs,
      signal,
      late: (answer) => {
        answer.reject(dockerUnavailable(node.name, `It did not answer ${what} within 30 s.`));
      },
      lost: (answer) => {
        answer.reject(new PictlError("connection-lost", "The connection was lost.", { node: node.name }));
      },
      atNode: (reply, answer) => {
        if (docker.state === "stopped") {
          reply(() => {
            answer.reject(dockerUnavailable(node.name, "Its daemon does not answer."));
          });
          return;
        }
        docker.ask(() => {
          const seen = look();
          reply(() => {
            answer.resolve(seen);
          });
        });
      },
    });
  };
  const none = (): Promise<never> => Promise.reject(new RangeError("the simulation has no such question"));
  return {
    info: () =>
      ask("info", () => ({
        id: `engine of ${node.name}`,
        product: "Docker",
        serverVersion: "28.2.2",
        containersRunning: 0,
        containers: docker.containers.size,
        images: docker.images.size,
        architecture: "x86_64",
        operatingSystem: "",
        kernelVersion: "",
        memoryBytes: 1,
        cpus: 1,
      })),
    containers: () => ask("containers", () => docker.facts()),
    container: (name) => ask("container", () => docker.facts().find((each) => each.name === name)),
    stopMarks: () => ask("stop marks", () => [...docker.marks.values()]),
    images: () => ask("images", () => [...docker.images.values()]),
    stats: none,
    disk: () => ask("disk", () => ({ imageBytes: {}, containerBytes: {} })),
    layers: (id) => ask("layers", () => [`layer of ${id}`]),
    addresses: none,
    declares: () => Promise.resolve({ volumes: [], healthcheck: false }),
    healthOutput: () => Promise.resolve(""),
    platforms: none,
    events: none,
    logs: async function* () {
      yield* [];
    },
  };
}

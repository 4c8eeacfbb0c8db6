import { setMaxListeners } from "node:events";
import type { Duplex } from "node:stream";
import { onAbort } from "../../src/abort.ts";
import type { Clock, ConfigStore, HeartbeatPorts, Network, VipPorts } from "../../src/app/ports.ts";
import type { ProgressStep } from "../../src/app/ports/surroundings.ts";
import type { SavedMemory } from "../../src/app/ports/heartbeat.ts";
import { openChecks } from "../../src/checks/index.ts";
import { noImageStore } from "../fakes/image-store.ts";
import { PictlError } from "../../src/domain/errors.ts";
import type { Fence } from "../../src/domain/guard/command.ts";
import { edited, load } from "./config.ts";
import { plug } from "./connection.ts";
import { openSimEngines, openSimNodes } from "./nodes.ts";
import type { Process } from "./process.ts";
import { disk } from "./state.ts";
import type { World } from "./world.ts";

/** Everything that one process of pictl has of the world. */
export function openPorts(
  world: World,
  process: Process,
  { signal, who, cause, fence }: { signal: AbortSignal; who: string; cause: string; fence?: () => Fence | undefined },
): { ports: HeartbeatPorts & VipPorts; store: ConfigStore } {
  setMaxListeners(0, signal);
  const own = world.disk(process.machine);
  const store = openStore(world, process);
  const clock = openClock(world, process);
  const nodes = openSimNodes(world, process, fence);
  const engines = openSimEngines(world, nodes);
  const network = openNetwork(world, process);
  const ports: HeartbeatPorts & VipPorts = {
    nodes,
    vipNodes: openSimNodes(world, process, fence),
    engines,
    checks: openChecks({ nodes, engines, network, clock }),
    clock,
    signal,
    concurrency: 32,
    actor: { who, cause },
    latestConfig: async () => (await store.read()).config,
    random: world.dice.next,
    machine: { bootId: `${process.machine}-boot` },
    journal: {
      write: (record) =>
        disk(process, `journal: ${record.container} ${record.step}`, () => {
          world.journalled(process, record);
        }),
      read: (containers) =>
        disk(process, "read the journal", () =>
          [...own.journal.values()].filter((move) => containers?.includes(move.container) ?? true),
        ),
      claim: (container) =>
        process.ask("claim", (answer) => {
          const holder = own.claims.get(container);
          if (holder && holder.state !== "dead") {
            answer.reject(new PictlError("lock-held", `${container} is being moved by ${holder.name}.`, { container }));
            return;
          }
          own.claims.set(container, process);
          const release = (): Promise<void> =>
            disk(process, "unclaim", () => {
              world.unclaimed(process, container);
            });
          answer.resolve({ release });
        }),
      remove: (record) =>
        disk(process, `journal: ${record.container} is over`, () => {
          world.unjournalled(process, record);
        }),
    },
    // For people alone: what it costs decides nothing.
    history: {
      read: () => Promise.resolve(own.history),
      update: (change) => Promise.resolve((own.history = change(own.history))),
    },
    generations: {
      read: () => disk(process, "read the generations", () => own.generations),
      update: (change) => disk(process, "write the generations", () => (own.generations = change(own.generations))),
    },
    inhabited: {
      read: () => disk(process, "read the nodes", () => own.inhabited),
      update: (change) => disk(process, "write the nodes", () => (own.inhabited = change(own.inhabited))),
    },
    memory: {
      read: () =>
        disk(process, "read the memory", () =>
          own.memory === undefined ? undefined : (JSON.parse(own.memory) as SavedMemory),
        ),
      write: (value) =>
        disk(process, "write the memory", () => {
          own.memory = JSON.stringify(value);
        }),
    },
    events: {
      cluster: "sim",
      append: (event) =>
        disk(process, "event", () => {
          const { type, node, container, error, before, after, durationMs = 0, gapMs, vip, face, job } = event;
          const place = [container, node].filter((each) => each !== undefined).join("@");
          const more = JSON.stringify({ vip, face, job, gapMs });
          const rest = error ?? JSON.stringify({ before, after });
          const known = new Set([event.who, event.cause, event.cluster].map(String));
          if (known.has("undefined")) throw new RangeError(`${type} does not say who, why and where`);
          if (!(durationMs >= 0 && durationMs < 1e7)) throw new RangeError(`${type} took ${String(durationMs)} ms`);
          world.say(process.name, `! ${type} ${place} ${rest === "{}" ? "" : rest}${more === "{}" ? "" : ` ${more}`}`);
        }),
      read: () => {
        throw new RangeError("the simulation does not read events");
      },
    },
    contexts: {
      sent: () => ({ read: async () => undefined, write: async () => undefined }),
      open: async (folder) => ({
        folder,
        digest: `sha256:${folder}`,
        files: 1,
        bytes: 1,
        tar: async function* () {
          yield* [];
        },
        difference: () => Promise.reject(new RangeError("the simulation keeps no contexts")),
      }),
    },
    imageStore: noImageStore,
    secrets: {
      read: () => Promise.reject(new PictlError("secret-missing", "There are no secrets.")),
      envFile: async () => [],
    },
    registries: {
      search: () => Promise.reject(new PictlError("registry-failed", "There is no registry.")),
      tags: () => Promise.reject(new PictlError("registry-failed", "There is no registry.")),
    },
    hooks: {
      run: async (hook) =>
        hook.includes("fails") ? { ok: false, message: "it ended with 1" } : { ok: true, message: "" },
    },
    // Nodes know them by their names.
    scripts: { read: async (name) => name },
    progress: {
      step: (who, what) => step(world, process, `${who}: ${what}`),
      look: (where) => look(world, process, where),
      warn: (message) => {
        world.say(process.name, `warns: ${message}`);
      },
    },
  };
  return { ports, store };
}

/** A line of the progress that a terminal shows. */
function step(world: World, process: Process, title: string): ProgressStep {
  const say = (what: string): void => {
    world.say(process.name, `… ${title} ${what}`);
  };
  const end = process.begins(title);
  return {
    update: (note) => {
      say(`(${note})`);
    },
    done: (note) => {
      say(`✓ ${note ?? ""}`);
      end();
    },
    fail: () => {
      say("✗");
      end();
    },
  };
}

/** One of the lines that are gone as soon as it is done. */
function look(world: World, process: Process, where: string): ProgressStep {
  const end = process.begins(`look at ${where}`);
  return {
    update: () => undefined,
    done: end,
    fail: () => {
      world.say(process.name, `… look at ${where} ✗`);
      end();
    },
  };
}

function openStore(world: World, process: Process): ConfigStore {
  const own = world.disk(process.machine);
  return {
    path: "/etc/pictl/config.json",
    stamp: () => Promise.resolve(own.text),
    read: () =>
      process.ask("read the config", (answer) => {
        try {
          answer.resolve(load(own.text));
        } catch (error) {
          answer.reject(error);
        }
      }),
    preview: (edits) =>
      process.ask("preview the config", (answer) => {
        try {
          answer.resolve(load(edited(own.text, edits)).config);
        } catch (error) {
          answer.reject(error);
        }
      }),
    change: (edits) =>
      process.ask("write the config", (answer) => {
        try {
          const before = own.text;
          const { config, raw } = load(before);
          const after = edited(before, edits(config, raw));
          load(after);
          world.wrote(process, before, after);
          answer.resolve(undefined);
        } catch (error) {
          answer.reject(error);
        }
      }),
  };
}

function openClock(world: World, process: Process): Clock {
  return {
    now: () => world.wallMs(),
    monotonic: () => process.monotonic(),
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        // As real timers, which know whole milliseconds alone.
        const off = process.timer(Math.max(1, Math.ceil(ms)), () => {
          forget();
          resolve();
        });
        const forget = onAbort(signal, () => {
          off();
          reject(signal?.reason as Error);
        });
      }),
  };
}

/** The network as the controller sees it, for checks. */
function openNetwork(world: World, process: Process): Network {
  const { network, timeline } = world;
  const { machine } = process;
  const connect = (node: string, port: number, signal: AbortSignal): Promise<Duplex> =>
    process.ask(`check ${node}:${String(port)}`, (answer) => {
      const off = onAbort(signal, () => {
        answer.reject(signal.reason);
      });
      timeline.after(network.delay(machine, node) + network.delay(node, machine), () => {
        if (!network.reaches(machine, node)) return;
        off();
        if (world.listens(node, port)) answer.resolve(plug());
        else answer.reject(new Error("connection refused"));
      });
    });
  return {
    tcp: connect,
    http: () => Promise.reject(new Error("the simulation speaks no HTTP")),
    ping: async () => false,
  };
}

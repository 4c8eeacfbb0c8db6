import { moveContainer } from "../../src/app/move/index.ts";
import { moveEdits } from "../../src/domain/move/edits.ts";
import { edited, load } from "./config.ts";
import type { SimDaemon } from "./daemon.ts";
import { nameOf } from "./docker.ts";
import type { Fault } from "./fault.ts";
import { controller } from "./network.ts";
import { openPorts } from "./ports.ts";
import { Process } from "./process.ts";
import type { World } from "./world.ts";

/** Who makes and ends faults: the weather, and the people around. */
export class Weather {
  readonly #world: World;
  readonly #startDaemon: () => SimDaemon;
  readonly #isOver: (() => void)[] = [];
  /** CLI commands under way. */
  readonly commands = new Set<Process>();
  /** Told when somebody took all copies of a container away, so that pictl cannot have lost it. */
  readonly #removed: (container: string) => void;
  daemon: SimDaemon;
  #moves = 0;
  /** How long its service manager waits until it starts a daemon again that has ended. */
  #restartMs = 2000;

  constructor(world: World, startDaemon: () => SimDaemon, removed: (container: string) => void) {
    this.#world = world;
    this.#removed = removed;
    this.#startDaemon = startDaemon;
    this.daemon = this.#start();
  }

  #start(): SimDaemon {
    const daemon = this.#startDaemon();
    daemon.process.onDeath.push(() => {
      this.#world.say("daemon", "is dead");
      this.#world.timeline.after(this.#restartMs, () => {
        if (this.daemon === daemon) this.daemon = this.#start();
      });
    });
    return daemon;
  }

  plan(faults: readonly Fault[]): void {
    for (const fault of faults) {
      this.#world.timeline.after(fault.at, () => {
        this.#begin(fault);
      });
    }
  }

  /** Everything that still goes wrong ends now. */
  clear(): void {
    for (const over of this.#isOver.splice(0)) over();
    for (const process of [this.daemon.process, ...this.commands]) process.crash = undefined;
    this.#restartMs = 2000;
    if (this.daemon.process.state === "dead") this.daemon = this.#start();
    if (this.#world.config() === undefined) throw new Error("the config is broken, and nobody broke it");
  }

  #begin(fault: Fault): void {
    this.#world.say("world", `>>> ${words(fault)}`);
    const end = this.#do(fault);
    if (!end) return;
    let done = false;
    const over = (): void => {
      if (done) return;
      done = true;
      this.#world.say("world", `<<< ${words(fault)}`);
      end();
    };
    this.#isOver.push(over);
    this.#world.timeline.after(fault.for, over);
  }

  /** Returns what ends it. */
  #do(fault: Fault): (() => void) | undefined {
    const world = this.#world;
    switch (fault.do) {
      case "power-off": {
        const node = world.node(fault.node);
        node.powerOff();
        return () => {
          node.powerOn();
        };
      }
      case "cut":
        for (const [from, to] of fault.lines) world.network.cut(from, to);
        return () => {
          for (const [from, to] of fault.lines) world.network.heal(from, to);
        };
      case "ambush":
        return this.#ambush(fault);
      case "lag":
        for (const [from, to] of fault.lines) world.network.lag(from, to, fault.ms);
        return () => {
          for (const [from, to] of fault.lines) world.network.lag(from, to, 0);
        };
      case "docker": {
        const { docker } = world.node(fault.node);
        if (fault.how === "hangs") docker.hang();
        else if (world.node(fault.node).on) docker.end(fault.how === "is killed");
        return () => {
          docker.goOn();
          if (world.node(fault.node).on) docker.begin();
        };
      }
      case "sick": {
        world.sicknesses.add(fault);
        return () => {
          world.sicknesses.delete(fault);
        };
      }
      case "exit":
        for (const { docker } of world.nodes.values()) {
          for (const each of docker.containers.values()) if (each.name === fault.container) docker.exit(each, 137);
        }
        return undefined;
      case "remove":
        this.#remove(fault.container);
        return undefined;
      case "refuse": {
        const node = world.node(fault.node);
        node.refuses = true;
        return () => {
          node.refuses = false;
        };
      }
      case "no-images":
        world.noImages.add(fault.node);
        return () => {
          world.noImages.delete(fault.node);
        };
      case "take-port":
        return this.#foreign(fault.node, "other", fault.port);
      case "take-name":
        return this.#foreign(fault.node, fault.container, undefined);
      case "break-config": {
        const before = world.text;
        world.text = before.replace('"layout"', '"layouts"');
        return () => {
          world.text = world.text.replace('"layouts"', '"layout"');
        };
      }
      case "edit-layout":
        return this.#editLayout(fault);
      case "set-clock":
        world.wallShiftMs += fault.ms;
        return undefined;
      case "crash":
        this.daemon.process.crash = { what: new RegExp(fault.what), after: fault.calls, side: fault.side };
        this.#restartMs = fault.for;
        return undefined;
      case "stop-daemon": {
        const { process } = this.daemon;
        process.stop();
        return () => {
          process.go();
        };
      }
      case "terminate":
        this.daemon.terminate();
        this.#restartMs = fault.for;
        return undefined;
      case "cli-move":
        this.#move(fault);
        return undefined;
    }
  }

  #ambush(fault: Extract<Fault, { do: "ambush" }>): () => void {
    const { ambushes, network } = this.#world;
    const what = new RegExp(fault.what);
    let commands = fault.commands;
    let heal = (): void => undefined;
    const spring = (node: string, command: string): void => {
      if (!what.test(command) || --commands > 0) return;
      ambushes.delete(spring);
      this.#world.say("world", `the line to ${node} is cut`);
      network.cut(controller, node);
      if (fault.bothWays) network.cut(node, controller);
      heal = () => {
        network.heal(controller, node);
        if (fault.bothWays) network.heal(node, controller);
      };
    };
    ambushes.add(spring);
    return () => {
      ambushes.delete(spring);
      heal();
    };
  }

  #remove(container: string): void {
    for (const { docker, on } of this.#world.nodes.values()) {
      if (!on) continue;
      for (const each of docker.containers.values()) if (nameOf(each) === container) docker.containers.delete(each.id);
    }
    this.#removed(container);
  }

  #foreign(nodeName: string, name: string, port: number | undefined): (() => void) | undefined {
    const { docker, on } = this.#world.node(nodeName);
    if (!on || docker.find(name)) return undefined;
    const taken = [...docker.containers.values()].some(
      (each) => each.state === "running" && each.ports.some(({ publicPort }) => publicPort === port),
    );
    if (taken) return undefined;
    const { id } = docker.add({
      name,
      image: "other",
      imageId: "sha256:other",
      labels: {},
      ports: port === undefined ? [] : [{ ip: "0.0.0.0", publicPort: port, privatePort: port, protocol: "tcp" }],
      restart: "no",
      state: "running",
      exitCode: null,
      stoppedByHand: false,
      startedAtMs: 0,
      createdAt: 0,
    });
    return () => {
      docker.containers.delete(id);
    };
  }

  #editLayout({ container, to, changesMind }: Extract<Fault, { do: "edit-layout" }>): (() => void) | undefined {
    const from = this.#place(container, to);
    if (from === undefined || !changesMind) return undefined;
    return () => {
      this.#place(container, from);
    };
  }

  /** Returns where the layout had it; undefined when that is left as it is. */
  #place(container: string, to: string): string | undefined {
    const world = this.#world;
    if (world.config() === undefined) return undefined;
    const { config, raw } = load(world.text);
    const from = config.placements.find((each) => each.container === container)?.node;
    if (from === undefined || from === to) return undefined;
    world.text = edited(world.text, moveEdits(raw, { container, from, to }));
    return from;
  }

  #move({ container, to, crash }: Extract<Fault, { do: "cli-move" }>): void {
    const world = this.#world;
    const config = world.config();
    if (!config) return;
    const process = new Process(`move ${String(++this.#moves)}`, world.timeline);
    process.crash = crash && { what: new RegExp(crash.what), after: crash.calls, side: crash.side };
    this.commands.add(process);
    process.onDeath.push(() => {
      this.commands.delete(process);
    });
    const { ports, store } = openPorts(world, process, {
      signal: new AbortController().signal,
      who: "ops@controller",
      cause: "pictl move",
    });
    process.wake(() => {
      void moveContainer(ports, {
        config,
        store,
        name: container,
        to,
        overlap: false,
        copyVolumes: false,
        patienceMs: 30_000,
        graceSeconds: 10,
        waitMs: 0,
        dryRun: false,
        force: false,
        mayLeaveData: async () => true,
      })
        .then(
          () => {
            world.say(process.name, "done");
          },
          (error: unknown) => {
            world.say(process.name, `failed: ${error instanceof Error ? error.message : String(error)}`);
          },
        )
        .finally(() => {
          process.kill();
        });
    });
  }
}

function words({ at: _at, for: _for, do: what, ...rest }: Fault): string {
  return `${what} ${JSON.stringify(rest)}`;
}

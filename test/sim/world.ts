import type { Duplex } from "node:stream";
import type { Config } from "../../src/domain/config/types.ts";
import { type MoveRecord, recordName } from "../../src/domain/move/journal.ts";
import { load } from "./config.ts";
import { Disk } from "./disk.ts";
import type { SimContainer } from "./containers.ts";
import type { DockerChange } from "./docker-words.ts";
import { nameOf } from "./docker.ts";
import { controller, type Machine, Network } from "./network.ts";
import { SimNode } from "./node.ts";
import type { Process } from "./process.ts";
import { Middling, Random } from "./random.ts";
import { Timeline } from "./timeline.ts";

/** An application that does not do its work: on every node, or on one. */
export interface Sickness {
  readonly container: string;
  readonly node: string | undefined;
  /** Of this image alone. */
  readonly image?: string;
  /** `crashes`: ends right after its start. `deaf`: runs, and answers nobody. */
  readonly how: "crashes" | "deaf";
}

/** What is told of what happens, to who watches a history. */
export interface Watcher {
  /** Something is different on a node. */
  changed(): void;
  /** A command is about to change a container. */
  touched(node: string, change: DockerChange, target: SimContainer | undefined): void;
  /** A process asks for the locks of containers. */
  locked(process: Process, containers: readonly string[]): void;
  /** pictl wrote the config, which was `before`. */
  wrote(process: Process, before: string): void;
  /** pictl wrote into the journal of moves; without a record: the move is over. */
  journalled(process: Process, container: string, record: MoveRecord | undefined): void;
  /** A process has let go of a container's moves. */
  unclaimed(process: Process, container: string): void;
}

/** A cluster, its network, and the disks of the controllers. */
export class World {
  readonly timeline = new Timeline();
  readonly random: Random;
  /** What processes decide by. */
  readonly dice: Random;
  readonly network: Network;
  readonly nodes: ReadonlyMap<string, SimNode>;
  /** Of each machine that daemons run on. */
  readonly disks: ReadonlyMap<Machine, Disk>;
  readonly sicknesses = new Set<Sickness>();
  /** Nodes where no image can be made ready. */
  readonly noImages = new Set<string>();
  /** Machines whose login on the nodes is not root, and may use no sudo. */
  readonly rootless = new Set<Machine>();
  /** Difference of the controller's wall clock. */
  wallShiftMs = 0;
  /** Told of each command that changes something, just before it leaves the controller. */
  readonly ambushes = new Set<(node: string, command: string, process: Process) => void>();
  /** Told of each file that a process begins to write and wants to be durable, and how long that is going to take. */
  readonly syncs = new Set<(process: Process, file: string, takesMs: number) => void>();
  readonly watchers: Watcher[] = [];
  /** What is open; closed when the history is over. */
  readonly streams = new Set<Duplex>();
  /** Lines for people; undefined when nobody reads them. */
  transcript: ((line: string) => void) | undefined;

  /** `calm`: without chance, but for what processes decide by. */
  constructor(
    seed: number | "calm",
    {
      text,
      nodes,
      cluster,
      machines = [controller],
    }: { text: string; nodes: readonly string[]; cluster: string; machines?: readonly Machine[] },
  ) {
    this.random = seed === "calm" ? new Middling() : new Random(seed);
    this.dice = seed === "calm" ? new Random(1) : this.random;
    this.disks = new Map(machines.map((machine) => [machine, new Disk(text)]));
    this.network = new Network(this.timeline, this.random, (machine) => this.nodes.get(machine)?.on ?? true);
    this.nodes = new Map(
      nodes.map((name) => [
        name,
        new SimNode(name, this.#dockerWorld(name, cluster), {
          network: this.network,
          answered: () => this.#answered(name),
        }),
      ]),
    );
  }

  #dockerWorld(node: string, cluster: string): ConstructorParameters<typeof SimNode>[1] {
    return {
      timeline: this.timeline,
      random: this.random,
      cluster,
      behaviour: (container) => (this.#isSick(container, node, "crashes") ? "crashes" : "well"),
      noImages: () => this.noImages.has(node),
      changed: (what) => {
        this.say(node, `  ${what}`);
        for (const watcher of this.watchers) watcher.changed();
      },
      touches: (change, target) => {
        for (const watcher of this.watchers) watcher.touched(node, change, target);
      },
      wallMs: () => this.wallMs(),
    };
  }

  /** Throws a RangeError for a node that there is not. */
  node(name: string): SimNode {
    const node = this.nodes.get(name);
    if (!node) throw new RangeError(`no node ${name}`);
    return node;
  }

  /** Nodes that have the virtual address now. */
  holders(): readonly string[] {
    return [...this.nodes.values()].filter(({ on, address }) => on && address.isThere()).map(({ name }) => name);
  }

  /** Somebody in the network answers a node for the virtual address. */
  #answered(asking: string): boolean {
    return [...this.nodes.values()].some(
      ({ name, on, address }) =>
        name !== asking && on && address.carrier && address.isAnswered() && this.network.reaches(asking, name),
    );
  }

  /** Throws a RangeError for a machine that there is not. */
  disk(machine: Machine): Disk {
    const disk = this.disks.get(machine);
    if (!disk) throw new RangeError(`no machine ${machine}`);
    return disk;
  }

  /** The config file of the first controller. */
  get text(): string {
    return this.disk(controller).text;
  }

  set text(text: string) {
    this.disk(controller).text = text;
  }

  /** The moves under way of the first controller. */
  get journal(): ReadonlyMap<string, MoveRecord> {
    return this.disk(controller).journal;
  }

  wallMs(): number {
    return 1_700_000_000_000 + this.timeline.now + this.wallShiftMs;
  }

  /** Somebody answers at a port. */
  listens(node: string, port: number): boolean {
    if (!this.node(node).on) return false;
    return [...this.node(node).docker.containers.values()].some(
      (each) =>
        each.state === "running" &&
        each.ports.some(({ publicPort }) => publicPort === port) &&
        !this.#isSick(each, node, "deaf"),
    );
  }

  #isSick(container: SimContainer, node: string, how: Sickness["how"]): boolean {
    return [...this.sicknesses].some(
      (each) =>
        each.container === nameOf(container) &&
        each.how === how &&
        (each.node === undefined || each.node === node) &&
        (each.image === undefined || each.image === container.image),
    );
  }

  /** The config of the file; undefined while it is broken. */
  config(): Config | undefined {
    try {
      return load(this.text).config;
    } catch {
      return undefined;
    }
  }

  /** `names` of locks: `CLUSTER.CONTAINER`. */
  locks(process: Process, names: readonly string[]): void {
    const containers = names.map((name) => name.slice(name.indexOf(".") + 1));
    for (const watcher of this.watchers) watcher.locked(process, containers);
  }

  wrote(process: Process, before: string, after: string): void {
    this.disk(process.machine).text = after;
    for (const watcher of this.watchers) watcher.wrote(process, before);
  }

  journalled(process: Process, record: MoveRecord): void {
    const { container, from, to, step } = record;
    this.disk(process.machine).journal.set(recordName(record), record);
    this.say(process.name, `journal: ${container} ${from} → ${to} ${step}`);
    for (const watcher of this.watchers) watcher.journalled(process, container, record);
  }

  unjournalled(process: Process, record: MoveRecord): void {
    this.disk(process.machine).journal.delete(recordName(record));
    this.say(process.name, `journal: ${record.container} ${record.from} → ${record.to} is over`);
    for (const watcher of this.watchers) watcher.journalled(process, record.container, undefined);
  }

  unclaimed(process: Process, container: string): void {
    const { claims } = this.disk(process.machine);
    if (claims.get(container) !== process) return;
    claims.delete(container);
    for (const watcher of this.watchers) watcher.unclaimed(process, container);
  }

  say(who: string, what: string): void {
    this.transcript?.(`${(this.timeline.now / 1000).toFixed(3).padStart(9)}  ${who.padEnd(10)} ${what}`);
  }
}

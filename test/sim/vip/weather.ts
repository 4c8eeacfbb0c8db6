import type { SavedVip } from "../../../src/app/ports.ts";
import type { Random } from "../random.ts";
import type { World } from "../world.ts";
import type { Controller } from "./controller.ts";

/** Where a controller runs, one process after the other. */
interface Machine {
  readonly name: string;
  running: Controller;
}

/** Who makes faults, at random. */
export class Weather {
  readonly #world: World;
  readonly #chance: Random;
  readonly #ip: string;
  readonly #start: (machine: string) => Controller;
  readonly #machines: readonly Machine[];
  readonly #nodes: readonly string[];
  #calm = false;

  constructor(
    world: World,
    chance: Random,
    {
      ip,
      nodes,
      start,
    }: { readonly ip: string; readonly nodes: readonly string[]; readonly start: (machine: string) => Controller },
  ) {
    this.#world = world;
    this.#chance = chance;
    this.#ip = ip;
    this.#start = start;
    this.#nodes = nodes;
    // One that never does what it is told: while two others are fit, one of them has the address in the end.
    if (this.#nodes.length > 2 && chance.chance(0.2)) {
      const idler = chance.pick(this.#nodes);
      this.#at(chance.between(0, 60_000), () => {
        world.say("world", `${idler} refuses what it is ordered from now on`);
        world.node(idler).stubborn = true;
      });
    }
    this.#machines = [...world.disks.keys()].map((name) => ({ name, running: start(name) }));
    world.syncs.add((process, _file, takesMs) => {
      // A process may be stopped between its decision and the sending.
      if (this.#calm || !chance.chance(0.01)) return;
      this.#at(takesMs * chance.between(0, 1), () => {
        this.#pause(process, chance.between(0, 30_000));
      });
    });
  }

  /** A fault now and then. */
  blow({ from, until }: { readonly from: number; readonly until: number }): void {
    const chance = this.#chance;
    for (let at = from + chance.between(2000, 8000); at < until; at += chance.between(300, 9000)) {
      this.#at(at, () => {
        this.#fault();
      });
    }
  }

  /** No more faults; those that there are end by themselves. */
  calm(): void {
    this.#calm = true;
  }

  /** Every process is gone. */
  end(): void {
    for (const { running } of this.#machines) running.process.kill();
  }

  /**
   * The config is another one, sooner or later. Often a controller dies with the first order, its machine gets the new
   * config, and nobody can ask the node that has the address by then.
   */
  reconfigure(text: string): void {
    const chance = this.#chance;
    const write = (): void => {
      for (const disk of this.#world.disks.values()) disk.text = text;
    };
    if (chance.chance(0.3)) {
      this.#at(chance.between(2000, 25_000), write);
      return;
    }
    const dies = (process: Controller["process"], file: string, takesMs: number): void => {
      if (file !== "the address") return;
      this.#world.syncs.delete(dies);
      const late = chance.chance(0.5) ? chance.between(0, 3000) : takesMs * chance.between(0, 1);
      this.#at(late, () => {
        this.#world.say(process.name, "is killed in the middle of it");
        process.kill();
        // What was sent arrives.
        this.#at(50, () => {
          for (const holder of this.#world.holders()) this.#cutFromAll(holder, 30_000, 0);
          write();
          for (const machine of this.#machines) this.#restart(machine);
        });
      });
    };
    this.#world.syncs.add(dies);
  }

  /**
   * Nodes are added, one after the other, each as soon as those that there are have elected a leader; and a machine gets
   * an older config of that cluster, the state folder of the other, or its own of before, from a backup.
   */
  reorganise(
    lists: readonly (readonly string[])[],
    { until, write }: { readonly until: number; readonly write: (nodes: readonly string[]) => string },
  ): void {
    const chance = this.#chance;
    const disks = [...this.#world.disks.values()];
    let head = 0;
    let backup = structuredClone({ leadership: disks[0]?.leadership, vips: disks[0]?.vips });
    const hasElected = (nodes: readonly string[]): boolean => {
      const told = nodes.filter((name) => this.#world.node(name).guard.promise.marks === `@=${nodes.join("+")}`);
      return told.length > nodes.length / 2;
    };
    const act = (): void => {
      const machine = chance.pick(this.#machines);
      const disk = this.#world.disk(machine.name);
      const other = chance.pick(disks);
      const next = lists[head + 1];
      if (next && hasElected(lists[head] ?? []) && chance.chance(0.7)) {
        head += 1;
        this.#world.say("world", `${machine.name} has a config of ${next.join()}`);
        disk.text = write(next);
        return;
      }
      // Who has the oldest config is alone with most of its nodes, and the other one with the rest.
      if (head > 1 && chance.chance(0.3)) {
        const away = this.#machines.filter((each) => each !== machine);
        const [near, ...far] = chance.shuffled(this.#nodes).reverse();
        this.#world.say(
          "world",
          `${machine.name} has a config of ${lists[0]?.join() ?? ""}, and ${far.join()} to itself`,
        );
        disk.text = write(lists[0] ?? []);
        for (const node of far) {
          for (const each of away) this.#cutBoth(each.name, node, 45_000);
          if (near !== undefined) this.#cutBoth(near, node, 45_000);
        }
        if (near !== undefined) this.#cutBoth(machine.name, near, 45_000);
        return;
      }
      if (chance.chance(0.4)) {
        const nodes = lists[chance.whole(0, head)] ?? [];
        this.#world.say("world", `${machine.name} has a config of ${nodes.join()} again`);
        disk.text = write(nodes);
        return;
      }
      // A folder is copied while nobody uses it.
      if (!chance.chance(0.4)) return;
      machine.running.process.kill();
      const from = chance.chance(0.5) ? other : backup;
      this.#world.say("world", `${machine.name} gets ${from === other ? "a" : "an older"} state folder`);
      const copy = structuredClone({ leadership: from.leadership, vips: from.vips ?? new Map<string, SavedVip>() });
      backup = structuredClone({ leadership: other.leadership, vips: other.vips });
      disk.leadership = copy.leadership;
      disk.isCopied = true;
      disk.vips.clear();
      for (const [ip, saved] of copy.vips) disk.vips.set(ip, saved);
      this.#at(chance.between(100, 20_000), () => {
        this.#restart(machine);
      });
    };
    for (let at = 5000; at < until; at += chance.between(3000, 12_000)) this.#at(at, act);
    // Who keeps an old config may never lead again, and should not.
    this.#at(until, () => {
      for (const disk of disks) disk.text = write(lists[head] ?? []);
    });
  }

  /** Each machine's config names other witnesses, and now and then others again; in the end all name the same. */
  disagree({
    until,
    write,
    any,
  }: {
    readonly until: number;
    readonly write: (witnesses: readonly string[]) => string;
    readonly any: () => readonly string[];
  }): void {
    const chance = this.#chance;
    const disks = [...this.#world.disks];
    const change = ([machine, disk]: (typeof disks)[number]): void => {
      const witnesses = any();
      this.#world.say("world", `${machine} has a config with the witnesses ${witnesses.join() || "that there are"}`);
      disk.text = write(witnesses);
    };
    disks.forEach(change);
    for (let at = 10_000; at < until; at += chance.between(5000, 30_000)) {
      this.#at(at, () => {
        change(chance.pick(disks));
      });
    }
    this.#at(until, () => {
      for (const [, disk] of disks) disk.text = write([]);
    });
  }

  #at(ms: number, what: () => void): void {
    this.#world.timeline.after(ms, what);
  }

  #pause(process: Controller["process"], ms: number): void {
    process.stop();
    this.#at(ms, () => {
      process.go();
    });
  }

  /** The lock in the state folder lets one process run at a time. */
  #restart(machine: Machine): void {
    if (machine.running.process.state === "dead") machine.running = this.#start(machine.name);
  }

  #cut(from: string, to: string, ms: number): void {
    const { network } = this.#world;
    this.#world.say("world", `cut ${from} → ${to}`);
    network.cut(from, to);
    this.#at(ms, () => {
      this.#world.say("world", `heal ${from} → ${to}`);
      network.heal(from, to);
    });
  }

  #cutBoth(one: string, other: string, ms: number): void {
    this.#cut(one, other, ms);
    this.#cut(other, one, ms);
  }

  /** Its neighbours do not hear it either, mostly. */
  #isolate(node: string, ms: number, unless = 0.4): void {
    if (this.#chance.chance(unless)) return;
    for (const each of this.#nodes) if (each !== node) this.#cutBoth(node, each, ms);
  }

  #cutFromAll(node: string, ms: number, unless = 0.4): void {
    for (const { name } of this.#machines) this.#cutBoth(name, node, ms);
    this.#isolate(node, ms, unless);
  }

  #fault(): void {
    const chance = this.#chance;
    const world = this.#world;
    const name = chance.pick(this.#nodes);
    const node = world.node(name);
    const machine = chance.pick(this.#machines);
    const { running } = machine;
    const lasts = chance.between(500, 35_000);
    chance.pick<() => void>([
      // The network in two: one controller with one node, and all the others.
      () => {
        const away = [
          ...this.#nodes.filter((other) => other !== name),
          ...this.#machines.filter((other) => other !== machine).map((other) => other.name),
        ];
        for (const other of away) for (const here of [machine.name, name]) this.#cutBoth(here, other, lasts);
      },
      () => {
        this.#cutFromAll(name, lasts);
      },
      () => {
        this.#cutBoth(machine.name, name, lasts);
        this.#isolate(name, lasts);
      },
      () => {
        this.#cut(machine.name, name, lasts);
      },
      () => {
        this.#cut(name, machine.name, lasts);
      },
      () => {
        for (const each of this.#nodes) this.#cutBoth(machine.name, each, lasts);
      },
      () => {
        if (!node.on) return;
        world.say("world", `power off ${name}`);
        node.powerOff();
        this.#at(lasts, () => {
          world.say("world", `power on ${name}`);
          node.powerOn();
        });
      },
      () => {
        world.say("world", `unplug ${name}`);
        node.address.carrier = false;
        this.#at(lasts, () => {
          node.address.carrier = true;
        });
      },
      () => {
        world.say("world", `kill ${machine.name}`);
        running.process.kill();
        this.#at(chance.between(100, 20_000), () => {
          this.#restart(machine);
        });
      },
      () => {
        world.say("world", `stop ${machine.name}`);
        this.#pause(running.process, lasts);
      },
      () => {
        world.say("world", `terminate ${machine.name}`);
        running.terminate();
        this.#at(10_000, () => {
          running.process.kill();
        });
        // Long enough, sometimes, for the other one to take over, and to find a node silent that may have the address.
        const away = chance.between(10_000, 60_000);
        this.#at(away, () => {
          this.#restart(machine);
        });
        // What it has the nodes remember then comes to too few of them, sometimes.
        const alone = chance.chance(0.3);
        if (alone) {
          const others = this.#nodes.filter((each) => !world.holders().includes(each));
          for (const each of others) this.#cutBoth(machine.name, each, away);
        }
        if (!alone && chance.chance(0.5)) return;
        this.#at(chance.between(alone ? 5000 : 1000, 9000), () => {
          for (const holder of world.holders()) this.#cutFromAll(holder, away);
        });
      },
      () => {
        running.wish(this.#ip, name);
      },
      () => {
        node.address.until = undefined;
      },
      () => {
        world.say("world", `the runtime folder of ${name} is removed`);
        node.forget();
      },
      () => {
        world.say("world", `somebody else gives the address to ${name}`);
        node.address.foreign = true;
        this.#at(lasts, () => {
          world.say("world", `${name} no longer has it from somebody else`);
          node.address.foreign = false;
        });
      },
    ])();
  }
}

import type { VipSettings } from "../../../src/domain/vip/facts.ts";
import { Controller, type Disk } from "./controller.ts";
import { dice } from "./random.ts";
import { World } from "./world.ts";

/** Where a controller runs, one process after the other. */
interface Machine {
  readonly name: string;
  readonly disk: Disk;
  running: Controller;
}

export interface Verdict {
  readonly seed: number;
  /** The first moment with two holders; undefined when there was none. */
  readonly broken: string | undefined;
  /** Whether one node had the address when everything had been well for a while. */
  readonly held: boolean;
  /** How many controllers gave the address to a node, one after the other. */
  readonly givers: number;
  readonly trace: readonly string[];
}

const faultsUntil = 90_000;
const quietUntil = 190_000;

/** One seeded history of a virtual IP in lease mode, with one controller or two: faults at random, then quiet. */
export function runSchedule(seed: number, tracing = false): Verdict {
  const chance = dice(seed);
  const names = ["n1", "n2", "n3"].slice(0, chance.chance(0.3) ? 2 : 3);
  const world = new World(chance, names, tracing);
  const settings: VipSettings = {
    mode: "lease",
    leaseMs: Math.round(chance.between(5000, 9000)),
    preempt: chance.chance(0.3),
    candidates: names.map((node) => ({ node, slave: undefined, pingIntervalMs: 2000 })),
  };
  // What somebody adds by hand is a second holder until the next contact; that it ends is seen in the end.
  const meddled = chance.chance(0.1);
  const controllers = ["c1", "c2"].slice(0, chance.chance(0.5) ? 1 : 2).map((name): Machine => {
    const disk: Disk = { memory: undefined, leadership: { owner: name, epoch: 0, elected: false, frozen: [] } };
    return { name, disk, running: new Controller(name, world, settings, disk) };
  });
  // The lock in the state folder lets one process run at a time.
  const restart = (machine: Machine): void => {
    if (machine.running.alive) return;
    machine.running = new Controller(machine.name, world, settings, machine.disk);
  };

  const fault = (): void => {
    const node = chance.pick(names);
    const machine = chance.pick(controllers);
    const { name: c, running: controller } = machine;
    const lasts = chance.between(500, 35_000);
    const cut = (from: string, to: string, ms = lasts): void => {
      world.cut(from, to);
      world.at(ms, () => {
        world.heal(from, to);
      });
    };
    const isolate = (name: string, ms = lasts): void => {
      const sim = world.nodes.get(name);
      if (!sim || chance.chance(0.4)) return;
      sim.unheard = true;
      world.at(ms, () => {
        sim.unheard = false;
      });
    };
    const cutFromAll = (name: string, ms: number): void => {
      for (const each of controllers) {
        cut(each.name, name, ms);
        cut(name, each.name, ms);
      }
      isolate(name, ms);
    };
    chance.pick([
      // The network in two: one controller with one node, and all the others.
      () => {
        const away = (other: string): void => {
          for (const here of [c, node]) {
            cut(here, other);
            cut(other, here);
          }
        };
        for (const each of names.filter((other) => other !== node)) away(each);
        for (const each of controllers.filter((other) => other !== machine)) away(each.name);
        isolate(node);
      },
      () => {
        cutFromAll(node, lasts);
      },
      () => {
        cut(c, node);
        cut(node, c);
        isolate(node);
      },
      () => {
        cut(c, node);
      },
      () => {
        cut(node, c);
      },
      () => {
        for (const each of names) {
          cut(c, each);
          cut(each, c);
        }
      },
      () => {
        const sim = world.nodes.get(node);
        if (!sim?.up) return;
        world.say(() => `power off ${node}`);
        sim.up = false;
        sim.addressUntil = undefined;
        world.at(lasts, () => {
          world.say(() => `power on ${node}`);
          sim.guard.reboot();
          Object.assign(sim, { up: true, bootedAt: world.now });
        });
      },
      () => {
        const sim = world.nodes.get(node);
        if (!sim) return;
        world.say(() => `unplug ${node}`);
        sim.carrier = false;
        world.at(lasts, () => {
          sim.carrier = true;
        });
      },
      () => {
        if (!controller.alive) return;
        world.say(() => `kill ${c}`);
        controller.kill();
        world.at(chance.between(100, 20_000), () => {
          restart(machine);
        });
      },
      () => {
        controller.pausedUntil = world.now + lasts;
      },
      () => {
        if (!controller.alive) return;
        world.say(() => `terminate ${c}`);
        controller.leave();
        world.at(9000, () => {
          controller.kill();
        });
        // Long enough, sometimes, for the other one to take over, and to find a node silent that may have the address.
        const away = chance.between(9000, 60_000);
        world.at(away, () => {
          restart(machine);
        });
        if (chance.chance(0.5)) return;
        world.at(chance.between(1000, 9000), () => {
          for (const holder of world.holders()) cutFromAll(holder, away);
        });
      },
      () => {
        if (controller.alive) controller.wish(node);
      },
      () => {
        const sim = world.nodes.get(node);
        if (sim) sim.addressUntil = undefined;
      },
      () => {
        const sim = world.nodes.get(node);
        if (!meddled || !sim?.up) return;
        world.say(() => `somebody adds the address on ${node}`);
        sim.addressUntil = Infinity;
      },
    ])();
  };
  for (let at = chance.between(2000, 8000); at < faultsUntil; at += chance.between(300, 9000)) world.at(at, fault);

  world.at(faultsUntil, () => {
    world.quiet = true;
  });

  let broken: string | undefined;
  const check = (): void => {
    const holders = world.holders();
    if (holders.length > 1 && !meddled)
      broken ??= `${(world.now / 1000).toFixed(3)} s: ${holders.join(" and ")} have the address`;
  };
  world.run(quietUntil, check);
  if (world.holders().length > 1) broken ??= `in the end ${world.holders().join(" and ")} have the address`;
  return { seed, broken, held: world.holders().length === 1, givers: world.givers.size, trace: world.trace };
}

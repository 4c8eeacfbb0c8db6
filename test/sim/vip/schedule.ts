import type { VipSettings } from "../../../src/domain/vip/facts.ts";
import { Controller, type Disk } from "./controller.ts";
import { dice } from "./random.ts";
import { World } from "./world.ts";

export interface Verdict {
  readonly seed: number;
  /** The first moment with two holders; undefined when there was none. */
  readonly broken: string | undefined;
  /** Whether one node had the address when everything had been well for a while. */
  readonly held: boolean;
  readonly trace: readonly string[];
}

const faultsUntil = 90_000;
const quietUntil = 150_000;

/** One seeded history of a virtual IP in lease mode: faults at random, then quiet. */
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
  const disk: Disk = { memory: undefined, epoch: 0 };
  let controller = new Controller("c", world, settings, disk);
  // The lock in the state folder lets one process run at a time.
  const restart = (): void => {
    if (controller.alive) return;
    controller = new Controller("c", world, settings, disk);
  };

  const fault = (): void => {
    const node = chance.pick(names);
    const lasts = chance.between(500, 25_000);
    const cut = (from: string, to: string): void => {
      world.cut(from, to);
      world.at(lasts, () => {
        world.heal(from, to);
      });
    };
    const isolate = (name: string): void => {
      const sim = world.nodes.get(name);
      if (!sim || chance.chance(0.4)) return;
      sim.unheard = true;
      world.at(lasts, () => {
        sim.unheard = false;
      });
    };
    chance.pick([
      () => {
        cut("c", node);
        cut(node, "c");
        isolate(node);
      },
      () => {
        cut("c", node);
      },
      () => {
        cut(node, "c");
      },
      () => {
        for (const each of names) {
          cut("c", each);
          cut(each, "c");
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
          Object.assign(sim, { up: true, boot: sim.boot + 1, bootedAt: world.now });
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
        world.say(() => "kill controller");
        controller.kill();
        world.at(chance.between(100, 20_000), restart);
      },
      () => {
        controller.pausedUntil = world.now + lasts;
      },
      () => {
        if (!controller.alive) return;
        world.say(() => "terminate controller");
        const leaving = controller;
        leaving.leave();
        world.at(9000, () => {
          leaving.kill();
          restart();
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
  return { seed, broken, held: world.holders().length === 1, trace: world.trace };
}

import { describe, expect, test } from "vitest";
import type { Leadership } from "../../../src/app/leadership/index.ts";
import { startLeading } from "../../../src/daemon/leader.ts";
import type { Config } from "../../../src/domain/config/types.ts";
import { load } from "../../sim/config.ts";
import { openSimLeadership } from "../../sim/leadership.ts";
import { openPorts } from "../../sim/ports.ts";
import { Process } from "../../sim/process.ts";
import { Random } from "../../sim/random.ts";
import { World } from "../../sim/world.ts";

const faultsUntil = 240_000;
const quietUntil = 420_000;

/** What `pictl daemon` has of leadership, on one machine: the real thing. */
class Daemon {
  readonly process: Process;
  readonly #world: World;
  #leadership: Leadership | undefined;

  constructor(world: World, machine: string, onBug: (error: unknown) => void) {
    this.#world = world;
    this.process = new Process(machine, world.timeline, machine);
    this.process.wake(() => {
      this.#live().catch(onBug);
    });
  }

  get leads(): boolean {
    return this.process.state !== "dead" && this.#leadership?.role() === "leader";
  }

  /** As before a planned move of a virtual IP. */
  raise(): void {
    this.process.wake(() => {
      void this.#leadership?.raise();
    });
  }

  async #live(): Promise<void> {
    const { process } = this;
    const { ports, store } = openPorts(this.#world, process, {
      signal: new AbortController().signal,
      who: `root@${process.machine}`,
      cause: "pictl daemon",
      fence: () => leadership.fence(),
    });
    const leadership = await openSimLeadership(this.#world, process, ports);
    this.#leadership = leadership;
    const config = (): Config => load(this.#world.disk(process.machine).text).config;
    await startLeading(
      { ...ports, nodes: ports.vipNodes, counters: { moves: () => [], learn: () => undefined } },
      { leadership, store, config, onConfig: () => undefined, leave: new AbortController().signal },
    );
  }
}

interface Told {
  /** The first moment with two leaders. */
  readonly two: string | undefined;
  /** Somebody leads when everything has been well for a while. */
  readonly led: boolean;
  /** How often another one led than before. */
  readonly changes: number;
}

/** Some controllers of one cluster, whose configs name the same nodes and, often, others of them as witnesses. */
async function simulate(seed: number): Promise<Told> {
  const chance = new Random(seed);
  const nodes = ["n1", "n2", "n3", "n4", "n5", "n6", "n7", "n8", "n9"].slice(0, chance.whole(1, 9));
  const machines = ["a", "b", "c"].slice(0, chance.whole(1, 3));
  const textOf = (witnesses: readonly string[]): string =>
    JSON.stringify({ cluster: "sim", layout: nodes.map((node) => ({ node })), witnesses });
  const anyText = (): string => {
    const size = chance.pick([0, 0, 3, 5, 7]);
    return textOf(size > nodes.length ? [] : chance.shuffled(nodes).slice(0, size));
  };
  const first = textOf([]);
  const world = new World(seed, { text: first, nodes, cluster: "sim", machines });
  const differ = chance.chance(0.6);
  if (differ) for (const disk of world.disks.values()) disk.text = anyText();
  if (machines.length > 1 && chance.chance(0.2)) world.rootless.add("b");
  world.network.slow = chance.pick([0, 0.05, 0.3]);
  let bug: unknown;
  const start = (machine: string): Daemon => new Daemon(world, machine, (error) => (bug ??= error));
  const running = new Map(machines.map((machine) => [machine, start(machine)]));
  const restart = (machine: string): void => {
    if (running.get(machine)?.process.state === "dead") running.set(machine, start(machine));
  };
  const after = (ms: number, what: () => void): void => {
    world.timeline.after(ms, what);
  };
  const cut = (from: string, to: string, ms: number): void => {
    world.network.cut(from, to);
    after(ms, () => {
      world.network.heal(from, to);
    });
  };
  let backup = structuredClone(world.disk("a").leadership);
  const fault = (): void => {
    const machine = chance.pick(machines);
    const process = running.get(machine)?.process;
    const disk = world.disk(machine);
    const name = chance.pick(nodes);
    const lasts = chance.between(500, 60_000);
    chance.pick<() => void>([
      () => {
        cut(machine, name, lasts);
        if (chance.chance(0.7)) cut(name, machine, lasts);
      },
      // Each controller has some of the nodes to itself.
      () => {
        for (const node of nodes) for (const each of machines) if (chance.chance(0.5)) cut(each, node, lasts);
      },
      () => {
        world.node(name).powerOff();
        after(lasts, () => {
          world.node(name).powerOn();
        });
      },
      () => {
        process?.kill();
        after(chance.between(100, 30_000), () => {
          restart(machine);
        });
      },
      () => {
        process?.stop();
        after(lasts, () => {
          process?.go();
        });
      },
      () => running.get(machine)?.raise(),
      () => {
        if (differ) disk.text = anyText();
      },
      // A state folder that is put back, or another machine's.
      () => {
        process?.kill();
        const other = structuredClone(world.disk(chance.pick(machines)).leadership);
        disk.leadership = chance.chance(0.5) ? other : structuredClone(backup);
        backup = other;
        after(chance.between(100, 20_000), () => {
          restart(machine);
        });
      },
    ])();
  };
  for (let at = chance.between(0, 5000); at < faultsUntil; at += chance.between(500, 15_000)) after(at, fault);

  let two: string | undefined;
  let last: string | undefined;
  let changes = 0;
  const step = (): boolean => {
    const leaders = machines.filter((machine) => running.get(machine)?.leads);
    if (leaders.length > 1) two ??= `${leaders.join(" and ")} at ${(world.timeline.now / 1000).toFixed(3)}`;
    const [leader] = leaders;
    if (leader !== undefined && leader !== last) changes += last === undefined ? 0 : 1;
    last = leader ?? last;
    if (bug !== undefined) two ??= bug instanceof Error ? String(bug.stack) : JSON.stringify(bug);
    return two === undefined;
  };
  await world.timeline.run(faultsUntil, step);
  // Who keeps other witnesses than the leader may never lead, and should not.
  world.network.slow = 0;
  for (const disk of world.disks.values()) disk.text = first;
  await world.timeline.run(quietUntil, step);
  const led = machines.some((machine) => running.get(machine)?.leads);
  for (const { process } of running.values()) process.kill();
  for (const stream of world.streams) stream.destroy();
  return { two, led, changes };
}

describe("leadership under a virtual clock", { timeout: 240_000 }, () => {
  /** As many as fit into the time, and never fewer than 180: number 173 once elected nobody for ever. */
  test("never two leaders at one instant, and one after every storm", async () => {
    const until = performance.now() + Number(process.env["SIM_BUDGET"] ?? 20_000);
    const many = Number(process.env["SCHEDULES"] ?? 0);
    let changes = 0;
    let seed = 0;
    while (seed < Math.max(180, many) || (performance.now() < until && seed < 2000)) {
      seed += 1;
      const told = await simulate(seed);
      expect(told, `seed ${String(seed)}`).toMatchObject({ two: undefined, led: true });
      changes += told.changes;
    }
    // Leadership did pass from one to another, or the test has shown nothing.
    expect(changes).toBeGreaterThan(seed / 2);
  });
});

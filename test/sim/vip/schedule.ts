import { Random } from "../random.ts";
import { World } from "../world.ts";
import { Controller } from "./controller.ts";
import { Weather } from "./weather.ts";

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
const quietUntil = 200_000;
/** Looks in a row, ten seconds apart, that see one holder: then it stays so. */
const wellLooks = 4;
const ip = "10.0.0.9";
/** Nodes that are added to the cluster, one after the other; none of them can have the address. */
const witnesses = ["w1", "w2", "w3", "w4", "w5"];

/** One seeded history of a virtual IP, mostly in lease mode, with one controller or two: faults at random, then quiet. */
export async function runSchedule(seed: number, tracing = false): Promise<Verdict> {
  const chance = new Random(seed);
  const names = ["n1", "n2", "n3"].slice(0, chance.chance(0.3) ? 2 : 3);
  const machines = ["controller", "other"].slice(0, chance.chance(0.5) ? 1 : 2);
  const leaseMs = Math.round(chance.between(5000, 9000));
  const preempt = chance.chance(0.3);
  const textOf = (
    mode: { readonly vip_mode: string; readonly vip_lease?: number },
    nodes: readonly string[] = names,
    more: object = {},
  ): string =>
    JSON.stringify({
      cluster: "sim",
      automatic_heartbeat: "disabled",
      heartbeat_interval: 5000,
      layout: nodes.map((node) => ({ node })),
      vip_ip: ip,
      vip_preempt: preempt,
      vip: names.map((node) => ({ node, vip_eth_device: "eth0", vip_ping_time: 2000 })),
      ...mode,
      ...more,
    });
  const isStatic = chance.chance(0.2);
  const kept = isStatic ? { vip_mode: "static" } : { vip_mode: "lease", vip_lease: leaseMs };
  const wanted = textOf(kept);
  // An address that has been given without an end, or for longer, is remembered when the config says otherwise.
  const before =
    !isStatic && chance.chance(0.2)
      ? chance.pick([textOf({ vip_mode: "static" }), textOf({ vip_mode: "lease", vip_lease: 3 * leaseMs })])
      : undefined;
  const world = new World(seed, { text: before ?? wanted, nodes: [...names, ...witnesses], cluster: "sim", machines });
  const trace: string[] = [];
  if (tracing) world.transcript = (line) => trace.push(line);
  world.network.slow = 0.05;
  const givers = new Set<string>();
  let givenForEver = false;
  /** Nodes that were given it as a static address, and too few nodes were to be had to remember that. */
  const unremembered = new Set<string>();
  world.ambushes.add((node, command, process) => {
    const [, order, end] = /vip\.sh sh (grant|remove) \S+ \S+ \S+(?: (\S+))?/.exec(command) ?? [];
    if (order === undefined) return;
    world.say(process.name, `${order} ${node}`);
    unremembered.delete(node);
    if (order !== "grant") return;
    givers.add(process.machine);
    givenForEver = end === "forever";
    const knowing = names.filter((name) => world.node(name).guard.promise.marks.split(",").includes(`${ip}=${node}`));
    if (before !== undefined && givenForEver && knowing.length < names.length / 2) unremembered.add(node);
  });
  let bug: unknown;
  let pid = 0;
  const start = (machine: string): Controller =>
    new Controller(world, machine, { pid: (pid += 1), onBug: (error) => (bug ??= error) });
  const weather = new Weather(world, chance, { ip, nodes: names, start });
  const plan = chance.pick(["reorganise", "reorganise", "disagree", "neither"]);
  if (before !== undefined) weather.reconfigure(wanted);
  else if (machines.length > 1 && plan === "reorganise") {
    weather.reorganise(
      witnesses.map((_, index) => [...names, ...witnesses.slice(0, index)]),
      { until: faultsUntil, write: (nodes) => textOf(kept, nodes) },
    );
  } else if (machines.length > 1 && plan === "disagree") {
    const all = [...names, ...witnesses];
    weather.disagree({
      until: faultsUntil,
      write: (named) => textOf(kept, all, { witnesses: named }),
      any: () => chance.shuffled(all).slice(0, chance.pick([0, 3, 5])),
    });
    if (chance.chance(0.2)) world.rootless.add("other");
  }
  weather.blow({ from: before === undefined ? 0 : 30_000, until: faultsUntil });

  let broken: string | undefined;
  // A static address may be on two nodes while one of them can be asked nothing, though never in the end: also one that a
  // controller gives which has not read yet that it is to be a lease, and one that was given so and that nobody remembers.
  let isAllowed: boolean | undefined;
  const step = (): boolean => {
    const holders = world.holders();
    const isUnknown = holders.some((name) => unremembered.has(name));
    isAllowed = holders.length > 1 ? (isAllowed ?? (givenForEver || isUnknown)) : undefined;
    if (isAllowed === false)
      broken ??= `${(world.timeline.now / 1000).toFixed(3)} s: ${holders.join(" and ")} have the address`;
    if (bug !== undefined)
      broken ??= `a daemon dies of ${bug instanceof Error ? String(bug.stack) : JSON.stringify(bug)}`;
    return broken === undefined;
  };
  await world.timeline.run(faultsUntil, step);
  world.network.slow = 0;
  weather.calm();
  // From a node that takes no order, an address without an end cannot be taken.
  if (isStatic) for (const name of names) world.node(name).stubborn = false;
  for (let well = 0, at = faultsUntil; at < quietUntil && well < wellLooks && broken === undefined; at += 10_000) {
    await world.timeline.run(at + 10_000, step);
    well = world.holders().length === 1 ? well + 1 : 0;
  }
  const holders = world.holders();
  if (holders.length > 1) broken ??= `in the end ${holders.join(" and ")} have the address`;
  weather.end();
  return { seed, broken, held: holders.length === 1, givers: givers.size, trace };
}

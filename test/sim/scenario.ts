import type { Fault } from "./fault.ts";
import { controller, type Machine } from "./network.ts";
import { Random } from "./random.ts";

/** A cluster, and what is going to happen to it. */
export interface Scenario {
  readonly seed: number | "calm";
  readonly nodes: readonly string[];
  readonly cluster: string;
  /** The config. */
  readonly text: string;
  readonly intervalMs: number;
  readonly faults: readonly Fault[];
  /** When the faults are over. */
  readonly quietAt: number;
}

interface Wanted {
  readonly container: string;
  readonly node: string;
  readonly hosts: readonly string[];
  readonly port: number | undefined;
}

/** The scenario of a seed. */
export function scenarioOf(seed: number): Scenario {
  const random = new Random(seed);
  const nodes = names("n", random.pick([2, 3, 3, 3, 4, 4, 5]));
  const intervalMs = random.pick([5000, 10_000, 30_000]);
  const wanted = names("c", random.pick([1, 2, 2, 3, 4, 6])).map((container, index): Wanted => {
    const node = random.pick(nodes);
    const others = random.shuffled(nodes.filter((each) => each !== node));
    const hosts = random.chance(0.85) ? [node, ...others.slice(0, random.whole(1, others.length))] : [];
    return { container, node, hosts, port: random.chance(0.6) ? 8001 + index : undefined };
  });
  const quietAt = intervalMs * random.whole(8, 20);
  const faults = Array.from({ length: random.pick([1, 1, 2, 2, 3, 4]) }, () =>
    faultOf(random, { nodes, wanted, intervalMs, quietAt }),
  ).sort((one, other) => one.at - other.at);
  return {
    seed,
    nodes,
    cluster: "sim",
    text: configText(random, { nodes, wanted, intervalMs }),
    intervalMs,
    faults,
    quietAt,
  };
}

function names(prefix: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => `${prefix}${String(index + 1)}`);
}

interface Place {
  readonly nodes: readonly string[];
  readonly wanted: readonly Wanted[];
  readonly intervalMs: number;
}

function configText(random: Random, { nodes, wanted, intervalMs }: Place): string {
  const entry = ({ hosts, port }: Wanted): unknown => {
    const restart = random.pick(["", "", "--restart always", "--restart on-failure"]);
    const volume = hosts.length > 0 && random.chance(0.1) ? "-v data:/data" : "";
    const args = [restart, port === undefined ? "" : `-p ${String(port)}:80`, volume].filter((each) => each !== "");
    return random.chance(0.5) ? args.join(" ") : { args: args.join(" "), image: "busybox:1" };
  };
  const layout = nodes.map((node) => ({
    node,
    ...Object.fromEntries(wanted.filter((each) => each.node === node).map((each) => [each.container, entry(each)])),
  }));
  const hb = nodes.flatMap((node) => {
    const watched = wanted.filter((each) => each.node === node && each.port !== undefined && random.chance(0.8));
    return watched.length === 0
      ? []
      : [{ node, ...Object.fromEntries(watched.map((each) => [each.container, String(each.port)])) }];
  });
  const constraints = wanted
    .filter((each) => each.hosts.length > 0)
    .map((each) => ({ container: [each.container, ...each.hosts].join(",") }));
  return `${JSON.stringify(
    {
      cluster: "sim",
      docker: "/images",
      automatic_heartbeat: true,
      heartbeat_interval: intervalMs,
      failover_policy: random.pick(["random", "spread"]),
      autostart_containers: random.chance(0.3),
      layout,
      hb,
      container_host_constraints: constraints,
    },
    null,
    1,
  )}\n`;
}

function faultOf(random: Random, place: Place & { readonly quietAt: number }): Fault {
  const { nodes, wanted, intervalMs, quietAt } = place;
  const at = random.between(0, 0.7 * quietAt);
  const time = { at, for: Math.min(quietAt - at, intervalMs * random.pick([0.3, 1, 3, 5, 8])) };
  const node = random.pick(nodes);
  const { container, node: home, hosts, port } = random.pick(wanted);
  const to = random.pick([...hosts, ...nodes].filter((each) => each !== home));
  const elsewhere = random.pick(hosts.length > 0 ? hosts : nodes);
  const make = random.pick<() => Fault>([
    () => ({ ...time, do: "power-off", node }),
    () => ({ ...time, do: "power-off", node }),
    () => ({ ...time, do: "power-off", node }),
    () => ({ ...time, do: "cut", lines: cuts(random, nodes) }),
    () => ({ ...time, do: "cut", lines: cuts(random, nodes) }),
    () => ({ ...time, do: "cut", lines: cuts(random, nodes) }),
    () => ({ ...time, do: "ambush", ...ambush(random) }),
    () => ({ ...time, do: "ambush", ...ambush(random) }),
    () => ({ ...time, do: "lag", lines: both(controller, node), ms: random.pick([300, 3000, 30_000]) }),
    () => ({ ...time, do: "docker", node, how: random.pick(["hangs", "stops", "is killed"]) }),
    () => ({ ...time, do: "docker", node, how: "hangs" }),
    () => ({
      ...time,
      do: "sick",
      container,
      node: random.chance(0.5) ? node : undefined,
      how: random.pick(["crashes", "deaf"]),
    }),
    () => ({ ...time, do: "exit", container }),
    () => ({ ...time, do: "remove", container }),
    () => ({ ...time, do: "refuse", node }),
    () => ({ ...time, do: "no-images", node: elsewhere }),
    () => ({ ...time, do: "take-port", node: elsewhere, port: port ?? 8001 }),
    () => ({ ...time, do: "take-name", node: elsewhere, container }),
    () => ({ ...time, do: "break-config" }),
    () => ({ ...time, do: "edit-layout", container, to, changesMind: random.chance(0.5) }),
    () => ({ ...time, do: "set-clock", ms: random.pick([-3_600_000, 3_600_000]) }),
    () => ({ ...time, do: "crash", ...crash(random) }),
    () => ({ ...time, do: "crash", ...crash(random) }),
    () => ({ ...time, do: "crash", ...crash(random) }),
    () => ({ ...time, do: "stop-daemon" }),
    () => ({ ...time, do: "terminate" }),
    () => ({ ...time, do: "cli-move", container, to: elsewhere, crash: undefined }),
    () => ({ ...time, do: "cli-move", container, to: elsewhere, crash: crash(random) }),
  ]);
  return make();
}

/** Where it dies: at any call, or at one that changes something. */
function crash(random: Random): { what: string; calls: number; side: "before" | "after" } {
  const side = random.pick(["before", "after"] as const);
  return random.chance(0.3)
    ? { what: ".", calls: random.whole(1, 300), side }
    : { what: "^journal|config|docker|memory|lock", calls: random.whole(1, 30), side };
}

function ambush(random: Random): { what: string; commands: number; bothWays: boolean } {
  const what = random.pick(["container run", "container run", "container start", "container (stop|rename|rm)"]);
  return { what, commands: random.whole(1, 3), bothWays: random.chance(0.5) };
}

function both(one: Machine, other: Machine): (readonly [Machine, Machine])[] {
  return [
    [one, other],
    [other, one],
  ];
}

function cuts(random: Random, nodes: readonly string[]): (readonly [Machine, Machine])[] {
  const machines = [controller, ...nodes];
  const node = random.pick(nodes);
  const line = both(controller, node);
  const between = (some: readonly Machine[]): (readonly [Machine, Machine])[] =>
    some.flatMap((one) => machines.filter((each) => !some.includes(each)).flatMap((other) => both(one, other)));
  return random.pick<() => (readonly [Machine, Machine])[]>([
    () => line,
    () => line.slice(0, 1),
    () => line.slice(1),
    () => between([node]),
    () => between([node]),
    () => between([controller]),
    // The controller and some nodes on one side, the others on the other.
    () => between([controller, ...nodes.filter(() => random.chance(0.5))]),
    () => both(node, random.pick(nodes.filter((each) => each !== node))),
  ])();
}

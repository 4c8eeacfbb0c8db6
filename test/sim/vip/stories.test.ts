/**
 * What a virtual IP does, second by second, while something goes wrong: events, orders, who has it. One story a file in
 * `../stories/`; read what differs, and accept it with `-u`.
 */
import { expect, test } from "vitest";
import { World } from "../world.ts";
import { Controller } from "./controller.ts";

const ip = "10.0.0.9";
const nodes = ["n1", "n2", "n3"];

interface Stage {
  readonly world: World;
  readonly daemons: Map<string, Controller>;
  readonly start: (machine: string) => void;
}

interface Happening {
  readonly what: string;
  readonly does: (stage: Stage) => void;
}

interface Story {
  readonly config?: object;
  readonly machines?: readonly string[];
  /** By the second. */
  readonly happens: Readonly<Record<number, Happening>>;
  readonly seconds?: number;
}

const lease = { vip_mode: "lease", vip_lease: 6000 };
const fixed = { vip_mode: "static" };

const textOf = (more: object, candidates: readonly string[] = nodes): string =>
  JSON.stringify({
    ...{ cluster: "sim", automatic_heartbeat: "disabled", heartbeat_interval: 5000 },
    layout: nodes.map((node) => ({ node })),
    ...(candidates.length > 0 ? { vip_ip: ip, vip_preempt: true } : {}),
    ...(candidates.length > 0
      ? { vip: candidates.map((node) => ({ node, vip_eth_device: "eth0", vip_ping_time: 2000 })) }
      : {}),
    ...(candidates.length > 0 ? more : {}),
  });

const happening = (what: string, does: (stage: Stage) => void): Happening => ({ what, does });
const off = (node: string) =>
  happening(`${node} loses its power`, ({ world }) => {
    world.node(node).powerOff();
  });
const on = (node: string) =>
  happening(`${node} has power again`, ({ world }) => {
    world.node(node).powerOn();
  });
const all = (machine: string): (readonly [string, string])[] => nodes.map((node) => [machine, node] as const);
const cut = (...pairs: readonly (readonly [string, string])[]) =>
  happening(`cut: ${pairs.join(" ")}`, ({ world }) => {
    for (const [a, b] of pairs) {
      world.network.cut(a, b);
      world.network.cut(b, a);
    }
  });
const heal = (...pairs: readonly (readonly [string, string])[]) =>
  happening(`healed: ${pairs.join(" ")}`, ({ world }) => {
    for (const [a, b] of pairs) {
      world.network.heal(a, b);
      world.network.heal(b, a);
    }
  });
const wish = (to: string) => happening(`vip move ${to}`, ({ daemons }) => daemons.get("controller")?.wish(ip, to));
const kill = (machine = "controller") =>
  happening(`kill ${machine}`, ({ daemons }) => daemons.get(machine)?.process.kill());
const terminate = (machine = "controller") =>
  happening(`terminate ${machine}`, ({ daemons }) => daemons.get(machine)?.terminate());
const start = (machine = "controller") =>
  happening(`start ${machine}`, (stage) => {
    stage.start(machine);
  });
const plugged = (node: string, carrier: boolean) =>
  happening(`${node} is ${carrier ? "" : "un"}plugged`, ({ world }) => {
    world.node(node).address.carrier = carrier;
  });
const foreign = (node: string, has: boolean) =>
  happening(`somebody ${has ? "gives it to" : "takes it from"} ${node}`, ({ world }) => {
    world.node(node).address.foreign = has;
  });
const configured = (what: string, more: object, candidates?: readonly string[]) =>
  happening(what, ({ world }) => {
    for (const disk of world.disks.values()) disk.text = textOf(more, candidates);
  });

const n1Alone = [
  ["controller", "n1"],
  ["n2", "n1"],
  ["n3", "n1"],
] as const;

const stories: Readonly<Record<string, Story>> = {
  "its holder dies and comes back": { happens: { 15: off("n1"), 50: on("n1") }, seconds: 200 },
  "its holder dies, which had it without an end": { config: fixed, happens: { 15: off("n1"), 60: on("n1") } },
  "its holder is cut off": { happens: { 15: cut(...n1Alone), 45: heal(...n1Alone) } },
  "its holder is cut off, which had it without an end": {
    config: fixed,
    happens: { 15: cut(...n1Alone), 60: heal(...n1Alone) },
  },
  "its holder answers its neighbours alone": {
    happens: { 15: cut(["controller", "n1"]), 45: heal(["controller", "n1"]) },
  },
  "its holder has no carrier": { happens: { 15: plugged("n1", false), 45: plugged("n1", true) } },
  "the controller is cut off from all": { happens: { 15: cut(...all("controller")), 45: heal(...all("controller")) } },
  "the daemon is stopped and started": { happens: { 15: terminate(), 40: start() } },
  "the daemon is stopped, and the holder dies meanwhile": {
    happens: { 15: terminate(), 30: off("n1"), 40: start(), 80: on("n1") },
  },
  "the daemon is killed and started": { happens: { 15: kill(), 40: start() } },
  "the daemon stands still": {
    happens: {
      15: happening("the daemon is stopped", ({ daemons }) => daemons.get("controller")?.process.stop()),
      40: happening("it goes on", ({ daemons }) => daemons.get("controller")?.process.go()),
    },
  },
  "another daemon takes over": {
    machines: ["controller", "other"],
    happens: { 25: kill(), 60: start(), 80: terminate("other") },
    seconds: 120,
  },
  "another daemon takes over what has no end": {
    config: fixed,
    machines: ["controller", "other"],
    happens: { 25: kill(), 60: start() },
  },
  "it is moved by hand": { happens: { 15: wish("n2"), 40: wish("n3"), 60: off("n3") } },
  "it is moved by hand, where it has no end": {
    config: fixed,
    happens: { 15: wish("n2"), 40: off("n2"), 70: on("n2") },
  },
  "somebody else has it": { happens: { 15: foreign("n2", true), 40: foreign("n2", false) } },
  "somebody else gives it to a holder that dies": {
    happens: { 12: foreign("n3", true), 15: off("n1"), 50: foreign("n3", false) },
  },
  "a node loses it by itself": {
    happens: {
      15: happening("n1 has it no more", ({ world }) => {
        world.node("n1").address.until = undefined;
      }),
    },
  },
  "a node forgets what it was told": {
    happens: {
      15: happening("the runtime folder of n1 is removed", ({ world }) => {
        world.node("n1").forget();
      }),
    },
  },
  "a node takes no orders": {
    happens: {
      5: happening("n2 takes no orders", ({ world }) => {
        world.node("n2").stubborn = true;
      }),
      15: off("n1"),
      60: on("n1"),
    },
  },
  "a node takes no orders, and is to have it without an end": {
    config: fixed,
    happens: {
      10: happening("n2 takes no orders", ({ world }) => {
        world.node("n2").stubborn = true;
      }),
      15: wish("n2"),
    },
    seconds: 60,
  },
  "its rows change": {
    happens: {
      15: configured("the config is another one", lease, ["n2", "n3"]),
      40: configured("the config is another one", lease, ["n3", "n1"]),
    },
  },
  "it leaves the config": {
    happens: {
      15: configured("the config is another one", lease, []),
    },
  },
  "a lease is to have no end, and one again": {
    happens: {
      15: configured("the config is another one", fixed),
      40: configured("the config is another one", lease),
    },
  },
  "it becomes a lease while who had it is cut off, for a daemon that knows nothing": {
    config: fixed,
    happens: {
      15: cut(...n1Alone),
      40: off("n2"),
      41: on("n2"),
      42: happening("a new machine takes over, with a config that makes it a lease", (stage) => {
        stage.daemons.get("controller")?.process.kill();
        const disk = stage.world.disk("controller");
        disk.leadership = undefined;
        disk.vips.clear();
        disk.text = textOf(lease);
        stage.start("controller");
      }),
      100: heal(...n1Alone),
    },
    seconds: 130,
  },
  "nobody is preempted": { config: { ...lease, vip_preempt: false }, happens: { 15: off("n1"), 40: on("n1") } },
};

test.each(Object.entries(stories))(
  "%s",
  async (name, { config = lease, machines = ["controller"], happens, seconds = 100 }) => {
    const world = new World("calm", { text: textOf(config), nodes, cluster: "sim", machines });
    const told: string[] = [];
    const tell = (line: string): void => {
      told.push(`${(world.timeline.now / 1000).toFixed(0).padStart(3)}  ${line.trimEnd()}`);
    };
    world.transcript = (line) => {
      const what = line.slice(11).replace(/^(\S+) +/, "$1 ");
      if (/ ! | warns: /.test(what)) tell(what);
    };
    const ordered = new Map<string, string>();
    world.ambushes.add((node, command) => {
      const [, order, mode] = /vip\.sh sh (grant|remove) \S+ \S+ \S+(?: (\S+))?/.exec(command) ?? [];
      if (order === undefined) return;
      const know = nodes.filter((each) => world.node(each).guard.promise.marks.includes(`${ip}=${node}`));
      const what = `→ ${node} ${order}${mode === "forever" ? ` without an end, as ${know.join(", ") || "none"} remember` : ""}`;
      // Most are renewals.
      if (what !== ordered.get(node) || !world.holders().includes(node)) tell(what);
      ordered.set(node, what);
    });
    let bug: unknown;
    const daemons = new Map<string, Controller>();
    const start = (machine: string): void => {
      const pid = daemons.size + 1;
      daemons.set(machine, new Controller(world, machine, { pid, onBug: (error) => (bug ??= error) }));
    };
    machines.forEach((machine, index) => {
      world.timeline.after(index * 5000, () => {
        start(machine);
      });
    });
    for (const [second, { what, does }] of Object.entries(happens)) {
      world.timeline.after(Number(second) * 1000, () => {
        tell(`# ${what}`);
        does({ world, daemons, start });
      });
    }
    let holders = "";
    await world.timeline.run(seconds * 1000, () => {
      const now = world.holders().join(" and ") || "nobody";
      if (now !== holders) tell(`${now} has it`);
      holders = now;
      return bug === undefined;
    });
    for (const { process } of daemons.values()) process.kill();
    for (const stream of world.streams) stream.destroy();
    if (bug !== undefined) throw bug as Error;
    await expect(`${told.join("\n")}\n`).toMatchFileSnapshot(`../stories/vip-${name.replace(/[^a-z0-9]+/gi, "-")}.txt`);
  },
);

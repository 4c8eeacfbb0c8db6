import { expect, test } from "vitest";
import { moveEdits } from "../../src/domain/move/edits.ts";
import { edited, load } from "./config.ts";
import { furnish } from "./history.ts";
import { SimDaemon } from "./daemon.ts";
import { Random } from "./random.ts";
import { World } from "./world.ts";

const intervalMs = 5000;
const text = JSON.stringify({
  cluster: "sim",
  automatic_heartbeat: true,
  heartbeat_interval: intervalMs,
  layout: [
    { node: "n1", c1: { args: "-p 8001:80", image: "busybox:1" } },
    { node: "n2" },
    { node: "n3" },
    { node: "n4" },
  ],
  hb: [{ node: "n1", c1: "8001" }],
  container_host_constraints: [{ container: "c1,n1,n2" }],
});

const withWitnesses = (document: string, ...witnesses: string[]): string =>
  JSON.stringify({ ...(JSON.parse(document) as object), witnesses });

const configOf = (...nodes: string[]): string =>
  JSON.stringify({
    cluster: "sim",
    automatic_heartbeat: true,
    heartbeat_interval: intervalMs,
    layout: nodes.map((node) => ({ node })),
  });

/** A cluster of four nodes with two machines that a daemon runs on, and what must never be seen there. */
class Stage {
  readonly world: World;
  readonly lines: string[] = [];
  /** Nodes on which copies run, whenever it is more than one for longer than a round. */
  double: string | undefined;
  #doubleSince: number | undefined;
  #bug: unknown;

  constructor(seed = 1) {
    this.world = new World(seed, {
      text,
      nodes: ["n1", "n2", "n3", "n4", "n5"],
      cluster: "sim",
      machines: ["controller", "other"],
    });
    this.world.transcript = (line) => this.lines.push(line);
    furnish(this.world);
  }

  start(machine: string): SimDaemon {
    return new SimDaemon(this.world, { machine, onRound: () => undefined, onBug: (error) => (this.#bug ??= error) });
  }

  async pass(ms: number): Promise<void> {
    const { timeline } = this.world;
    await timeline.run(timeline.now + ms, () => {
      const nodes = this.running();
      this.#doubleSince = nodes.length > 1 ? (this.#doubleSince ?? timeline.now) : undefined;
      if (this.#doubleSince !== undefined && timeline.now - this.#doubleSince > 3 * intervalMs) {
        this.double ??= `${nodes.join(" and ")} at ${String(timeline.now)}`;
      }
      return this.#bug === undefined;
    });
    if (this.#bug !== undefined) throw this.#bug as Error;
  }

  /** Nodes on which a copy runs, and which answer. */
  running(): readonly string[] {
    return [...this.world.nodes.values()]
      .filter(
        ({ on, docker }) =>
          on && [...docker.containers.values()].some((each) => each.name === "c1" && each.state === "running"),
      )
      .map(({ name }) => name);
  }

  /** What a machine's daemon said last of whether it leads. */
  role(machine: string): string | undefined {
    const name = machine === "controller" ? "daemon" : machine;
    const told = this.lines.filter((line) => line.slice(11).startsWith(name) && line.includes("! daemon."));
    return /! daemon\.(\S+)/.exec(told.at(-1) ?? "")?.[1];
  }

  /** Where the config of a machine has the container. */
  placedBy(machine: string): readonly string[] {
    const { layout } = JSON.parse(this.world.disk(machine).text) as { layout: { node: string; c1?: unknown }[] };
    return layout.filter((row) => row.c1 !== undefined).map(({ node }) => node);
  }
}

/** n1 is without power until its container has been moved to n2. */
async function failOver(stage: Stage): Promise<void> {
  stage.world.node("n1").powerOff();
  await stage.pass(60_000);
  expect(stage.placedBy("controller")).toEqual(["n2"]);
  stage.world.node("n1").powerOn();
  await stage.pass(30_000);
  expect(stage.running()).toEqual(["n2"]);
}

test("who takes over knows of a failover, though its config file does not", async () => {
  const stage = new Stage();
  const first = stage.start("controller");
  await stage.pass(10_000);
  const second = stage.start("other");
  await stage.pass(10_000);
  await failOver(stage);
  expect(stage.placedBy("other")).toEqual(["n1"]);
  first.process.kill();
  await stage.pass(120_000);
  expect(stage.placedBy("other"), stage.lines.slice(-40).join("\n")).toEqual(["n2"]);
  expect(stage.running()).toEqual(["n2"]);
  expect(stage.double).toBeUndefined();

  // The first one comes back with a config that knows of nothing that the second one did meanwhile; one container moves once
  // in ten minutes, whoever moves it.
  await stage.pass(600_000);
  stage.world.node("n2").powerOff();
  await stage.pass(60_000);
  expect(stage.placedBy("other")).toEqual(["n1"]);
  stage.world.node("n2").powerOn();
  const again = stage.start("controller");
  await stage.pass(30_000);
  second.process.kill();
  await stage.pass(120_000);
  expect(stage.placedBy("controller")).toEqual(["n1"]);
  expect(stage.running()).toEqual(["n1"]);
  expect(stage.double).toBeUndefined();
  again.process.kill();
});

/** `SUCCESSORS=100` for as many; a few here. */
const successors = Array.from({ length: Number(process.env["SUCCESSORS"] ?? 6) }, (_, index) => index + 1);

test.each(successors)(
  "whenever the leader dies after a failover, its successor's layout is right: %i",
  async (seed) => {
    const chance = new Random(seed);
    const stage = new Stage(seed);
    stage.world.network.slow = 0.05;
    const controller = stage.start("controller");
    await stage.pass(10_000);
    const daemons = { controller, other: stage.start("other") };
    await stage.pass(10_000 + chance.between(0, intervalMs));
    stage.world.node("n1").powerOff();
    const movedBy = (machine: string): boolean => stage.placedBy(machine)[0] !== "n1";
    while (!movedBy("controller") && !movedBy("other")) await stage.pass(100);
    // Where the first one's questions were late, the second one leads.
    const [leader, successor] = movedBy("controller")
      ? (["controller", "other"] as const)
      : (["other", "controller"] as const);
    // In the middle of what comes after it, or long after, before or after the old node is back.
    await stage.pass(chance.pick([0, chance.between(0, 2000), chance.between(0, 60_000)]));
    daemons[leader].process.kill();
    await stage.pass(chance.between(0, 60_000));
    stage.world.node("n1").powerOn();
    await stage.pass(120_000);
    const end = { seed, layout: stage.placedBy(successor), running: stage.running(), double: stage.double };
    expect(end).toEqual({ seed, layout: ["n2"], running: ["n2"], double: undefined });
  },
);

test("what somebody changes in the leader's config is a wish, and whoever takes over knows of it", async () => {
  const stage = new Stage();
  const first = stage.start("controller");
  await stage.pass(10_000);
  stage.start("other");
  await stage.pass(10_000);
  await failOver(stage);
  const disk = stage.world.disk("controller");
  disk.text = edited(disk.text, moveEdits(load(disk.text).raw, { container: "c1", from: "n2", to: "n3" }));
  await stage.pass(60_000);
  // An entry that only the file has moved starts no second copy.
  expect(stage.running()).toEqual(["n2"]);
  first.process.kill();
  await stage.pass(120_000);
  expect(stage.placedBy("other")).toEqual(["n3"]);
  expect(stage.running()).toEqual(["n2"]);
  expect(stage.double).toBeUndefined();
});

test("who is not elected repairs nothing by a config that is older than what the nodes remember", async () => {
  const stage = new Stage();
  const first = stage.start("controller");
  await stage.pass(10_000);
  const second = stage.start("other");
  await stage.pass(10_000);
  await failOver(stage);
  first.process.kill();
  stage.world.node("n2").powerOff();
  stage.world.network.cut("other", "n4");
  const before = stage.lines.length;
  await stage.pass(120_000);
  expect(stage.running()).toEqual([]);
  expect(stage.lines.join("\n")).toContain("! config.behind");
  expect(stage.lines.slice(before).join("\n")).not.toContain("docker container run");
  second.process.kill();
});

test("a login that cannot become root leads nothing, and repairs", async () => {
  const stage = new Stage();
  stage.world.rootless.add("controller");
  stage.start("controller");
  await stage.pass(20_000);
  expect(stage.lines.join("\n")).toContain("! daemon.unelected");
  for (const each of stage.world.node("n1").docker.containers.values()) each.state = "exited";
  await stage.pass(20_000);
  expect(stage.running()).toEqual(["n1"]);
  stage.world.node("n1").powerOff();
  await stage.pass(60_000);
  expect(stage.placedBy("controller")).toEqual(["n1"]);
  const second = stage.start("other");
  await stage.pass(60_000);
  expect(stage.placedBy("other")).toEqual(["n2"]);
  second.process.kill();
});

test("of two configs that list other nodes one daemon leads, also when the other one's has ended", async () => {
  const stage = new Stage();
  stage.world.disk("controller").text = configOf("n1", "n2", "n3");
  stage.world.disk("other").text = configOf("n3", "n4", "n5");
  const first = stage.start("controller");
  await stage.pass(20_000);
  stage.start("other");
  await stage.pass(60_000);
  expect([stage.role("controller"), stage.role("other")]).toEqual(["leads", "stands-by"]);
  expect(stage.lines.join("\n")).toContain("The nodes n1, n2, n3 elected a leader of this cluster by another config");
  first.process.kill();
  await stage.pass(60_000);
  expect(stage.role("other")).toBe("unelected");
  // As soon as it can win in both it leads, and then they are another electorate.
  stage.world.disk("other").text = configOf("n2", "n3", "n4", "n5");
  await stage.pass(60_000);
  expect(stage.role("other")).toBe("leads");
  stage.world.disk("other").text = configOf("n3", "n4", "n5");
  await stage.pass(60_000);
  expect(stage.role("other")).toBe("leads");
  stage.start("controller");
  await stage.pass(60_000);
  expect(stage.role("controller")).toBe("stands-by");
});

test("a leader goes on leading when nodes are added and taken out, within a round", async () => {
  const stage = new Stage();
  stage.world.disk("controller").text = configOf("n1", "n2", "n3");
  stage.start("controller");
  await stage.pass(20_000);
  for (const nodes of [["n1", "n2", "n3", "n4", "n5"], ["n2", "n3", "n4", "n5"], ["n3", "n4", "n5"], ["n4"]]) {
    stage.world.disk("controller").text = configOf(...nodes);
    await stage.pass(20_000);
    const { marks } = stage.world.node("n4").guard.promise;
    expect(stage.role("controller"), nodes.join()).toBe(nodes.length === 1 ? "unelected" : "leads");
    // Until more of them are told, who asks the one hears of the others.
    expect(marks).toBe(nodes.length === 1 ? "@=n4,@=n3+n4+n5" : `@=${nodes.join("+")}`);
  }
});

test("who takes over moves nothing before what the one before has sent can begin no more", async () => {
  const stage = new Stage();
  const fast = text.replace(String(intervalMs), "1000");
  for (const machine of ["controller", "other"]) stage.world.disk(machine).text = fast;
  const first = stage.start("controller");
  await stage.pass(10_000);
  const second = stage.start("other");
  await stage.pass(10_000);
  // The new one does not see the node, which might obey the old one.
  for (const machine of ["other", "n2", "n3", "n4"]) {
    stage.world.network.cut(machine, "n1");
    stage.world.network.cut("n1", machine);
  }
  // Nor has it for so long that nothing else keeps it from moving its container at once.
  await stage.pass(60_000);
  first.process.kill();
  await stage.pass(90_000);
  const timeOf = (words: RegExp): number => Number(stage.lines.findLast((line) => words.test(line))?.slice(0, 9));
  expect(stage.placedBy("other"), stage.lines.slice(-40).join("\n")).toEqual(["n2"]);
  const since = timeOf(/ other +! daemon\.leads/);
  expect(timeOf(/ n2 +\$ docker container run/) - since).toBeGreaterThan(10);
  second.process.kill();
});

test("a failover that outlasts the lease of its leader starts nothing", async () => {
  const stage = new Stage();
  const { world } = stage;
  const leader = stage.start("controller");
  await stage.pass(10_000);
  let stopped = false;
  world.ambushes.add((node, command, process) => {
    if (stopped || !command.includes("image pull")) return;
    stopped = true;
    expect(node).toBe("n2");
    for (const other of ["n3", "n4"]) world.network.cut("controller", other);
    process.stop();
    world.timeline.after(20_000, () => {
      process.go();
    });
  });
  world.node("n1").powerOff();
  await stage.pass(80_000);
  expect(stopped).toBe(true);
  expect(stage.lines.filter((line) => line.includes("docker container run"))).toEqual([]);
  expect(stage.placedBy("controller")).toEqual(["n1"]);
  leader.process.kill();
});

test("of two configs that name other witnesses one daemon leads, whichever of them answer", async () => {
  const stage = new Stage();
  const all = configOf("n1", "n2", "n3", "n4", "n5");
  stage.world.disk("controller").text = withWitnesses(all, "n1", "n2", "n3");
  stage.world.disk("other").text = withWitnesses(all, "n3", "n4", "n5");
  // Nobody has ever led, and the one witness of both is without power.
  stage.world.node("n3").powerOff();
  stage.start("controller");
  stage.start("other");
  await stage.pass(60_000);
  const roles = (): unknown[] => [stage.role("controller"), stage.role("other")].sort();
  expect(roles()).toEqual(["leads", "stands-by"]);
  stage.world.node("n3").powerOn();
  await stage.pass(60_000);
  expect(roles()).toEqual(["leads", "stands-by"]);
});

test("nodes that do not elect obey the new leader too, from the moment they answer", async () => {
  const stage = new Stage();
  for (const machine of ["controller", "other"]) {
    const disk = stage.world.disk(machine);
    disk.text = withWitnesses(disk.text, "n2", "n3", "n4");
  }
  const { promise } = stage.world.node("n1").guard;
  expect(promise.epoch).toBe(0);
  const first = stage.start("controller");
  await stage.pass(10_000);
  const before = stage.world.node("n1").guard.promise.epoch;
  expect(stage.world.node("n1").guard.promise).toMatchObject({ owner: "controller" });
  const second = stage.start("other");
  await stage.pass(10_000);
  first.process.kill();
  await stage.pass(60_000);
  expect(stage.role("other")).toBe("leads");
  expect(stage.world.node("n1").guard.promise.epoch).toBeGreaterThan(before);
  // And it fails over what ran there.
  stage.world.node("n1").powerOff();
  await stage.pass(60_000);
  expect(stage.placedBy("other")).toEqual(["n2"]);
  second.process.kill();
});

test("what has left the layout of a leader is not started by one who takes over and does not know of it", async () => {
  const stage = new Stage();
  const first = stage.start("controller");
  await stage.pass(10_000);
  const second = stage.start("other");
  await stage.pass(10_000);
  // Somebody takes it out, and away.
  const disk = stage.world.disk("controller");
  const before = disk.text;
  disk.text = configOf("n1", "n2", "n3", "n4");
  stage.world.node("n1").docker.containers.clear();
  await stage.pass(30_000);
  first.process.kill();
  await stage.pass(90_000);
  expect(stage.role("other")).toBe("leads");
  expect(stage.running()).toEqual([]);
  expect(stage.lines.join("\n")).toContain(
    "This config seems to be an older one: c1 had left the layout of the daemon that led before. c1 is neither repaired nor moved",
  );
  // Whoever changes that layout knows what he does.
  const other = stage.world.disk("other");
  other.text = before.replace('"node":"n2"', '"node":"n2","c2":{"image":"busybox:1"}');
  await stage.pass(60_000);
  expect(stage.running()).toEqual(["n1"]);
  second.process.kill();
  // And nodes keep it: the first one is the older one now, and refuses, as it is told to.
  disk.text = JSON.stringify({ ...(JSON.parse(text) as object), stale_config: "refuse" });
  stage.world.node("n1").docker.containers.clear();
  stage.start("controller");
  await stage.pass(90_000);
  expect(stage.role("controller")).toBe("leads");
  expect(stage.lines.join("\n")).toContain(
    "c2 of that layout is not in this config. Nothing is repaired or moved until",
  );
  expect(stage.running()).toEqual([]);
});

test("a config that was changed while no daemon ran is no older one", async () => {
  const stage = new Stage();
  const first = stage.start("controller");
  await stage.pass(30_000);
  first.process.kill();
  const disk = stage.world.disk("controller");
  disk.text = disk.text.replace('"node":"n2"', '"node":"n2","c2":{"image":"busybox:1"}');
  stage.world.node("n1").docker.containers.clear();
  stage.start("controller");
  await stage.pass(40_000);
  expect(stage.lines.join("\n")).not.toContain("config.behind");
  expect(stage.running()).toEqual(["n1"]);
});

test("who takes over counts the failovers of the one before", async () => {
  const stage = new Stage();
  const first = stage.start("controller");
  await stage.pass(10_000);
  const second = stage.start("other");
  await stage.pass(10_000);
  await failOver(stage);
  first.process.kill();
  await stage.pass(60_000);
  expect(stage.role("other")).toBe("leads");
  // It was moved a moment ago: not again within ten minutes, unless its node is dead.
  stage.world.sicknesses.add({ container: "c1", node: "n2", how: "deaf" });
  await stage.pass(180_000);
  expect(stage.lines.join("\n")).toMatch(/other +! failover\.refused c1@n2 .*/);
  expect(stage.placedBy("other")).toEqual(["n2"]);
  second.process.kill();
});

test("a daemon of before leads, a new one takes over, and the old one comes back: never two", async () => {
  const stage = new Stage();
  const { world } = stage;
  const nodes = ["n1", "n2", "n3", "n4", "n5"];
  world.disk("controller").text = withWitnesses(configOf(...nodes), "n3", "n4", "n5");
  /** As before electorates: it is elected by most of all nodes, and tells nobody by whom. */
  const old = { epoch: 0, running: true, leadsUntil: 0 };
  const ttl = 15_000;
  const guards = (): { name: string; claim: (epoch: number) => { claimed: boolean; free: boolean; epoch: number } }[] =>
    [...world.nodes.values()].map((node) => ({
      name: node.name,
      claim: (epoch) => {
        const said = node.guard.claim(node.uptimeMs(), { epoch, owner: "old", ttl, marks: epoch > 0 ? "-" : "" });
        if (typeof said === "string") throw new Error(said);
        return { claimed: said.claimed, free: said.owner === "old" || said.left === 0, epoch: said.epoch };
      },
    }));
  const turn = (): void => {
    if (old.running) {
      const looked = guards().map(({ claim }) => claim(0));
      const most = (count: number): boolean => count > nodes.length / 2;
      const leads = old.epoch > 0 && looked.every(({ epoch }) => epoch <= old.epoch);
      const mayElect = most(looked.filter(({ free }) => free).length);
      if (!leads && mayElect) old.epoch = Math.max(...looked.map(({ epoch }) => epoch)) + 2;
      if (leads || mayElect) {
        const claimed = guards().filter(({ claim }) => claim(old.epoch).claimed);
        if (most(claimed.length)) old.leadsUntil = world.timeline.now + ttl;
      }
    }
    world.timeline.after(5000, turn);
  };
  turn();
  await stage.pass(10_000);
  expect(old.leadsUntil).toBeGreaterThan(world.timeline.now);
  stage.start("controller");
  const both = async (ms: number): Promise<void> => {
    for (let passed = 0; passed < ms; passed += 500) {
      await stage.pass(500);
      const leads = stage.role("controller") === "leads";
      expect(leads && old.leadsUntil > world.timeline.now, stage.lines.slice(-20).join("\n")).toBe(false);
    }
  };
  await both(40_000);
  expect(stage.role("controller")).toBe("stands-by");
  old.running = false;
  await both(60_000);
  expect(stage.role("controller")).toBe("leads");
  old.running = true;
  await both(60_000);
  expect(stage.role("controller")).toBe("leads");
});

test("a daemon that starts takes nobody for silent whose connection is still being made", async () => {
  const stage = new Stage();
  const { network } = stage.world;
  const lag = (ms: number): void => {
    for (const node of ["n1", "n2", "n3", "n4"]) {
      network.lag("controller", node, ms);
      network.lag(node, "controller", ms);
    }
  };
  lag(1200);
  stage.start("controller");
  await stage.pass(8000);
  lag(0);
  await stage.pass(30_000);
  expect(stage.lines.filter((line) => /! (node|controller)\./.test(line))).toEqual([]);
  expect(stage.role("controller")).toBe("leads");
});

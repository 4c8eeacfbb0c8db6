/** What is seen and done by hand where something is wrong, with the real use cases on the simulated cluster. */
import { expect, test } from "vitest";
import { createContainers } from "../../src/app/create.ts";
import { openHeartbeat } from "../../src/app/heartbeat/index.ts";
import { heartbeatOnce } from "../../src/app/heartbeat/once.ts";
import { withLocks } from "../../src/app/kit/locks.ts";
import { lifecycle } from "../../src/app/container/lifecycle.ts";
import { containerStatus } from "../../src/app/status.ts";
import type { Config } from "../../src/domain/config/types.ts";
import type { Recreate } from "../../src/domain/container/create.ts";
import type { LifecycleAction } from "../../src/domain/container/lifecycle.ts";
import { type StatusNow, statusChanges } from "../../src/watch/status.ts";
import { app, Cluster } from "./hands.ts";

const status = (cluster: Cluster) =>
  cluster.by(({ ports, config }) =>
    containerStatus(ports, { config, placements: config.placements, nodes: config.nodes }),
  );

const create = (cluster: Cluster, recreate: Recreate = "nothing") =>
  cluster.by(({ ports, config }) =>
    createContainers(ports, {
      ...{ config, placements: config.placements, recreate, graceSeconds: 10, patienceMs: 30_000 },
      ...{ waitMs: 0, dryRun: false },
    }),
  );

const lead = (cluster: Cluster, action: LifecycleAction, names: readonly string[], more: object = {}) =>
  cluster.by(({ ports, config }) =>
    lifecycle(ports, {
      ...{ config, action, waitMs: 0, dryRun: false, ...more },
      placements: config.placements.filter(({ container }) => names.includes(container)),
    }),
  );

/** Rounds by hand, each a process of its own that goes by what the one before has remembered. */
const round = (cluster: Cluster, mayDo: "everything" | "repairs" | "nothing" = "everything") =>
  cluster.by(({ ports, store, config }) =>
    heartbeatOnce(openHeartbeat(ports, { store, counts: "kept" }), { config, mayDo }),
  );

test("why what was tried for a container was in vain is told with it", async () => {
  const heartbeat_interval = 5000;
  const cluster = new Cluster(
    { n1: { web: app(8001), db: app(8002) }, n2: {} },
    {
      ...{ heartbeat_interval, hb: [{ node: "n1", web: 8001, db: 8002 }] },
      container_host_constraints: [{ container: "web,n1,n2" }, { container: "db,n1" }],
    },
  );
  const { docker } = cluster.world.node("n1");
  const db = docker.find("db");
  if (db) docker.containers.delete(db.id);
  docker.images.clear();
  cluster.world.noImages.add("n1");
  cluster.world.sicknesses.add({ container: "web", how: "deaf", node: undefined });
  const troubles = await cluster.by(async ({ ports, store, config }) => {
    const heartbeat = openHeartbeat(ports, { store, counts: "kept" });
    const told = new Set<string>();
    for (let count = 0; count < 80 && told.size < 2; count += 1) {
      const { rows } = await heartbeat.round({ config, mayDo: "everything", stalled: () => false });
      for (const { container, trouble } of rows) if (trouble !== undefined) told.add(`${container}: ${trouble}`);
      await ports.clock.sleep(heartbeat_interval);
    }
    await heartbeat.settled();
    return [...told];
  });
  expect(troubles).toEqual([
    expect.stringMatching(/^db: create was in vain: The disk is full/),
    expect.stringMatching(/^web: failing over was in vain: n2: web was not moved to n2/),
  ]);
});

test("moves of another daemon are remembered by the time of the wall clock, and none is yet to come", async () => {
  const cluster = new Cluster({ n1: { web: app(8001) }, n2: {} });
  await cluster.by(async ({ ports, store }) => {
    await ports.clock.sleep(60_000);
    const heartbeat = openHeartbeat(ports, { store, counts: "kept" });
    const moves = [-30_000, 30_000].map((after) => ({
      ...{ container: "web", from: "n1", nodeDead: false, moved: true },
      at: ports.clock.now() + after,
    }));
    heartbeat.learn(moves);
    expect(heartbeat.moves().map(({ at }) => at - ports.clock.now())).toEqual([-30_000, 0]);
  });
});

test("what a round of the heartbeat has decided is told as done, or as what would be done", async () => {
  const cluster = new Cluster(
    { n1: { web: app(8001) } },
    { heartbeat_interval: 5000, hb: [{ node: "n1", web: 8001 }] },
  );
  const hints = async (mayDo: "everything" | "nothing"): Promise<readonly (string | undefined)[]> =>
    (await round(cluster, mayDo)).failures.map(({ hint }) => hint);
  expect(await hints("nothing")).toEqual([]);
  const { docker } = cluster.world.node("n1");
  docker.exit(docker.find("web") ?? missing(), 1);
  expect(await hints("nothing")).toEqual([
    expect.stringMatching(/^`pictl heartbeat --repair` or a daemon would decide: .+\.$/),
  ]);
  expect(await hints("everything")).toEqual([expect.stringMatching(/^Decided: .+\.$/)]);
});

const codes = (failures: readonly { code: string; node?: string; container?: string }[]): string[] =>
  failures
    .map(({ code, node, container }) => [code, container, node].filter((each) => each !== undefined).join(" "))
    .sort();

test("a day later, when nothing has happened, status tells of no change", async () => {
  const cluster = new Cluster({ n1: { web: app(8001) }, n2: { db: app(8002) } });
  const told = async (): Promise<StatusNow> => {
    const { result } = await status(cluster);
    return { cluster: "sim", time: "", asWanted: 2, complete: true, ...result, nodes: [], failures: [] };
  };
  const before = await told();
  await cluster.world.timeline.run(cluster.world.timeline.now + 86_400_000, () => true);
  expect(statusChanges(before, await told())).toBeUndefined();
});

test("status: all is well, with how long it runs", async () => {
  const cluster = new Cluster({ n1: { web: app(8001) }, n2: { db: app(8002) } });
  const { result, failures } = await status(cluster);
  expect(failures).toEqual([]);
  expect(result.containers).toMatchObject([
    { container: "web", node: "n1", state: "running", wanted: true, cpuPercent: null, memoryBytes: null },
    { container: "db", node: "n2", state: "running", wanted: true },
  ]);
  expect(result.containers.map(({ uptimeMs }) => uptimeMs !== null && uptimeMs >= 0 && uptimeMs < 60_000)).toEqual([
    true,
    true,
  ]);
});

test("status: what a container uses is told, as its node's kernel counts it; what has just begun tells its memory alone", async () => {
  const cluster = new Cluster({ n1: { web: app(8001), db: app(8002) }, n2: {} });
  const node = cluster.world.node("n1");
  const known = ["web", "db"].map((name, index) => {
    const found = node.docker.find(name) ?? missing();
    const id = String(index).repeat(64);
    node.docker.containers.delete(found.id);
    node.docker.containers.set(id, { ...found, id });
    return `./docker/${id}`;
  });
  const [web = "", db = ""] = known;
  node.counters = [
    ...["moment 100.000 7.00", `${web}/cpu.stat:usage_usec 1000`],
    ...["moment 100.100 7.10", `${web}/cpu.stat:usage_usec 26000`, `${db}/cpu.stat:usage_usec 5`],
    ...[`${web}/memory.current:3000`, `${web}/memory.stat:inactive_file 1000`, `${db}/memory.current:70`, ""],
  ].join("\n");
  const { result } = await status(cluster);
  expect(result.containers).toMatchObject([
    { container: "web", cpuPercent: 25, memoryBytes: 2000 },
    { container: "db", cpuPercent: null, memoryBytes: 70 },
  ]);
});

test("status: a node that does not answer is a failure, its containers are unknown, and those of others are told", async () => {
  const cluster = new Cluster({ n1: { web: app(8001) }, n2: { db: app(8002) } });
  cluster.world.node("n2").powerOff();
  const { result, failures } = await status(cluster);
  expect(codes(failures)).toEqual(["node-unreachable n2"]);
  expect(result.containers.map(({ container, state }) => `${container} ${state}`)).toEqual([
    "web running",
    "db unknown",
  ]);
});

test("status: what is missing, stopped, foreign, or where nobody wants it, each with what helps", async () => {
  const before = { n1: { web: app(8001), gone: app(8002), own: app(8003), lost: app(8004) }, n2: {} };
  const cluster = new Cluster(before);
  const { docker } = cluster.world.node("n1");
  docker.exit(docker.find("web") ?? missing(), 1);
  docker.containers.delete(docker.find("lost")?.id ?? "");
  const own = docker.find("own") ?? missing();
  docker.containers.set(own.id, { ...own, labels: {} });
  cluster.edit({ n1: { web: app(8001), own: app(8003), lost: app(8004) }, n2: {} });
  const { failures } = await status(cluster);
  expect(failures.map(({ container, message, hint = "" }) => [container, message, hint.slice(0, 60)])).toEqual([
    [
      "web",
      "The container is stopped (exited with code 1).",
      "Start it with `pictl start web`; `pictl logs web` may say wh",
    ],
    [
      "own",
      "The container is foreign (made by somebody else).",
      "Rename or remove it on the node (`docker rename own OTHER`).",
    ],
    ["lost", "The container is missing (no such container).", "Make it with `pictl create lost`."],
    [
      "gone",
      "The container is stray (not in the layout, running).",
      "If this config is the newest one, nothing needs it: `pictl d",
    ],
  ]);
});

test("status: what helps many that are missing is told once", async () => {
  const apps = Object.fromEntries([1, 2, 3, 4].map((index) => [`app${String(index)}`, app(8000 + index)]));
  const cluster = new Cluster({ n1: {}, n2: {} });
  cluster.edit({ n1: apps, n2: {} });
  const { failures } = await status(cluster);
  expect(failures.map(({ container }) => container)).toEqual(["app1", "app2", "app3", "app4"]);
  expect(new Set(failures.map(({ message, hint = "" }) => `${message} ${hint}`))).toEqual(
    new Set([
      "The container is missing (no such container). `pictl create` makes all that is missing; `pictl plan` shows it first.",
    ]),
  );
});

test("create: where an image cannot be built nothing is made of an older one, and the other nodes are served", async () => {
  const cluster = new Cluster({ n1: {}, n2: {} });
  const built = { build: "/src/api", args: "-p 8001:80" };
  cluster.edit({ n1: { api: built }, n2: { api: built } });
  // An image of that name is there, of another folder.
  cluster.world.node("n1").docker.addImage("api", { "io.pictl.context": "sha256:older" });
  cluster.world.noImages.add("n1");
  const { result, failures } = await create(cluster);
  expect(codes(failures)).toEqual(["docker-failed api n1"]);
  expect(result.containers.map(({ container, node, changed }) => [container, node, changed])).toEqual([
    ["api", "n2", true],
  ]);
  expect(cluster.running()).toEqual({ n1: [], n2: ["api api"] });
  expect(cluster.told).toContain("image.build-failed api@n1");
});

test("create again changes nothing; a container that is gone is made, one that has ended is started", async () => {
  const cluster = new Cluster({ n1: { web: app(8001), db: app(8002) } });
  expect((await create(cluster)).result.containers.map(({ changed, outcome }) => [changed, outcome])).toEqual([
    [false, "runs already"],
    [false, "runs already"],
  ]);
  const { docker } = cluster.world.node("n1");
  docker.containers.delete(docker.find("web")?.id ?? "");
  docker.exit(docker.find("db") ?? missing(), 0);
  const { result, failures } = await create(cluster);
  expect(failures).toEqual([]);
  expect(result.containers.map(({ container, changed }) => [container, changed])).toEqual([
    ["web", true],
    ["db", true],
  ]);
  expect(cluster.running()).toEqual({ n1: ["db app:1", "web app:1"] });
});

test("stop, start, restart and delete do so once, and a stop is remembered on the node until a start", async () => {
  const cluster = new Cluster({ n1: { web: app(8001), db: app(8002) } });
  const { docker } = cluster.world.node("n1");
  expect((await lead(cluster, "stop", ["web"])).result.containers).toMatchObject([{ container: "web", changed: true }]);
  expect(cluster.running()).toEqual({ n1: ["db app:1"] });
  expect([...docker.marks.values()]).toMatchObject([{ container: "web", cluster: "sim", by: "ops@controller" }]);
  expect((await lead(cluster, "stop", ["web"])).result.containers).toMatchObject([{ changed: false }]);
  const rested = await lead(cluster, "start", ["web"], { leaveStopped: true });
  expect(rested.result.containers.map(({ changed, outcome }) => [changed, outcome.split(" at ")[0]])).toEqual([
    [false, "stays stopped by ops@controller"],
  ]);
  expect(cluster.running()).toEqual({ n1: ["db app:1"] });

  expect((await lead(cluster, "start", ["web"])).result.containers).toMatchObject([{ changed: true }]);
  expect(docker.marks.size).toBe(0);
  expect((await lead(cluster, "restart", ["web", "db"])).failures).toEqual([]);
  expect((await lead(cluster, "delete", ["db"])).result.containers).toMatchObject([{ container: "db", changed: true }]);
  expect(cluster.running()).toEqual({ n1: ["web app:1"] });
  expect(cluster.told.filter((each) => each.startsWith("container."))).toEqual([
    "container.stopped web@n1",
    "container.started web@n1",
    "container.restarted web@n1",
    "container.restarted db@n1",
    "container.deleted db@n1",
  ]);
});

test("a dry run of each says what would be run, and does not", async () => {
  const cluster = new Cluster({ n1: { web: app(8001) } });
  for (const action of ["stop", "restart", "delete"] as const) {
    const { result } = await lead(cluster, action, ["web"], { dryRun: true });
    expect(result.containers).toMatchObject([{ changed: false }]);
    expect(result.containers[0]?.outcome).toMatch(/^would run: docker container/);
  }
  expect(cluster.running()).toEqual({ n1: ["web app:1"] });
  expect(cluster.told).toEqual([]);
});

test("what another pictl holds is not touched, and the rest is done", async () => {
  const cluster = new Cluster({ n1: { web: app(8001), db: app(8002) } });
  const { failures, result } = await cluster.by(({ ports, config }) =>
    withLocks(ports, { config, placements: of(config, "web"), waitMs: 0, dryRun: false }, async (locked) => {
      for (const each of of(config, "web")) await locked(each);
      return lifecycle(ports, { config, action: "stop", placements: config.placements, waitMs: 0, dryRun: false });
    }),
  );
  expect(codes(failures)).toEqual(["lock-held web n1"]);
  expect(result.containers.map(({ container }) => container)).toEqual(["db"]);
  expect(cluster.running()).toEqual({ n1: ["web app:1"] });
});

test("a container of somebody else is neither stopped nor deleted", async () => {
  const cluster = new Cluster({ n1: { web: app(8001) } });
  const { docker } = cluster.world.node("n1");
  const found = docker.find("web") ?? missing();
  docker.containers.set(found.id, { ...found, labels: {} });
  for (const action of ["stop", "restart", "delete"] as const)
    expect(codes((await lead(cluster, action, ["web"])).failures)).toEqual(["container-foreign web n1"]);
  expect(cluster.running()).toEqual({ n1: ["web app:1"] });
});

const watched = {
  hb: [{ node: "n1", web: 8001 }],
  container_host_constraints: [{ container: "web,n2" }],
};

test("heartbeat by hand: looks only, then repairs, and says what is wrong with nodes and containers", async () => {
  const cluster = new Cluster({ n1: { web: app(8001) }, n2: {}, n3: {} }, watched);
  expect((await round(cluster)).failures).toEqual([]);
  await cluster.world.timeline.run(cluster.world.timeline.now + 60_000, () => true);
  const { docker } = cluster.world.node("n1");
  docker.exit(docker.find("web") ?? missing(), 1);
  cluster.world.node("n3").refuses = true;
  const looked = await round(cluster, "nothing");
  expect(codes(looked.failures)).toEqual(["auth-failed n3", "check-failed web n1"]);
  expect(looked.failures.at(-1)?.hint).toBe("`pictl heartbeat --repair` or a daemon would decide: start.");
  expect(cluster.running()["n1"]).toEqual([]);

  const repaired = await round(cluster, "repairs");
  expect(codes(repaired.failures)).toEqual(["auth-failed n3", "check-failed web n1"]);
  expect(cluster.running()["n1"]).toEqual(["web app:1"]);
});

test("heartbeat: a dead node's container moves, and when this machine is cut off nothing is done", async () => {
  const cluster = new Cluster({ n1: { web: app(8001) }, n2: {}, n3: {} }, watched);
  await round(cluster);
  cluster.world.node("n1").powerOff();
  for (let i = 0; i < 3; i++) await round(cluster);
  expect(cluster.running()).toMatchObject({ n2: ["web app:1"] });
  expect(cluster.layout()).toMatchObject([{ node: "n1" }, { node: "n2", web: {} }, { node: "n3" }]);

  const cut = new Cluster({ n1: { web: app(8001) }, n2: {}, n3: {} }, { ...watched, autostart_containers: true });
  await round(cut);
  for (const name of ["n1", "n2", "n3"]) cut.world.network.cut("controller", name);
  for (let i = 0; i < 4; i++) await round(cut);
  expect(cut.told).toContain("controller.isolated");
  expect(cut.layout()).toMatchObject([{ node: "n1", web: {} }, { node: "n2" }, { node: "n3" }]);
});

test("heartbeat: the containers of a dead node spread over the others, though each of these has some already", async () => {
  const layout = { n1: { web: app(8001), db: app(8002) }, n2: { x: app(8003) }, n3: { y: app(8004) } };
  const cluster = new Cluster(layout, {
    ...{ failover_policy: "spread", hb: [{ node: "n1", web: 8001, db: 8002 }] },
    container_host_constraints: [{ container: "web,n2,n3" }, { container: "db,n2,n3" }],
  });
  await round(cluster);
  cluster.world.node("n1").powerOff();
  for (let i = 0; i < 3; i++) await round(cluster);
  const { n2 = [], n3 = [] } = cluster.running();
  expect([n2.length, n3.length]).toEqual([2, 2]);
});

test("autostart: what belongs there is started on a node that is back, and nothing of somebody else's", async () => {
  const layout = { n1: { web: app(8001), own: app(8002) }, n2: {} };
  const cluster = new Cluster(layout, { autostart_containers: true, automatic_heartbeat: "enabled" });
  await round(cluster);
  const { docker } = cluster.world.node("n1");
  const own = docker.find("own") ?? missing();
  docker.containers.set(own.id, { ...own, labels: {}, restart: "no" });
  cluster.world.node("n1").powerOff();
  await round(cluster);
  cluster.world.node("n1").powerOn();
  await round(cluster);
  expect(cluster.running()["n1"]).toEqual(["web app:1"]);
});

test("heartbeat: an older copy elsewhere goes; one of another cluster, a newer one, and one that is being worked on stay", async () => {
  const cluster = new Cluster({ n1: { web: app(8001) }, n2: {}, n3: {} }, watched);
  await round(cluster);
  const placed = cluster.world.node("n1").docker.find("web") ?? missing();
  const labelled = (more: object) => ({ ...placed, ports: [], labels: { ...placed.labels, ...more } });
  cluster.world.node("n2").docker.add(labelled({ "io.pictl.generation": "7" }));
  cluster.world.node("n3").docker.add(labelled({ "io.pictl.generation": "7", "io.pictl.cluster": "another" }));
  // Somebody is at work on it.
  await cluster.by(({ ports, config }) =>
    withLocks(
      ports,
      { config, placements: [{ container: "web", node: "n2" }], waitMs: 0, dryRun: false },
      async (locked) => {
        await locked({ container: "web", node: "n2" });
        const heartbeat = openHeartbeat(ports, {
          store: { read: () => Promise.resolve({ config }) } as never,
          counts: "kept",
        });
        expect(codes((await heartbeatOnce(heartbeat, { config, mayDo: "everything" })).failures)).toEqual([
          "lock-held web n2",
        ]);
      },
    ),
  );
  expect(cluster.running()["n2"]).toEqual(["web app:1"]);
  expect(codes((await round(cluster, "repairs")).failures)).toEqual([]);
  expect(cluster.running()["n2"]).toEqual(["web app:1"]);

  await round(cluster);
  expect(cluster.running()).toEqual({ n1: ["web app:1"], n2: [], n3: ["web app:1"] });
  expect(cluster.told.filter((each) => each.startsWith("container."))).toEqual(["container.cleaned-up web@n2"]);
  cluster.world.node("n2").docker.add(labelled({ "io.pictl.generation": String(2e9) }));
  await round(cluster);
  expect(cluster.running()["n2"]).toEqual(["web app:1"]);
});

test("heartbeat: of an older copy that goes it is told which data stays on its node", async () => {
  const cluster = new Cluster({ n1: { web: app(8001) }, n2: {} }, watched);
  await round(cluster);
  const placed = cluster.world.node("n1").docker.find("web") ?? missing();
  const older = { ...placed, ports: [], labels: { ...placed.labels, "io.pictl.generation": "7" } };
  const told: string[] = [];
  cluster.world.transcript = (line) => {
    if (line.includes("container.cleaned-up")) told.push(line);
  };
  for (const volumes of [[{ name: "data", target: "/var/lib" }], []]) {
    cluster.world.node("n2").docker.add({ ...older, volumes });
    await round(cluster);
  }
  expect(told.map((line) => line.slice(line.indexOf("{")))).toEqual([
    '{"before":{"state":"running","generation":7,"volumes":["data:/var/lib"]}}',
    '{"before":{"state":"running","generation":7}}',
  ]);
});

function of(config: Config, name: string): Config["placements"] {
  return config.placements.filter(({ container }) => container === name);
}

function missing(): never {
  throw new RangeError("no such container");
}

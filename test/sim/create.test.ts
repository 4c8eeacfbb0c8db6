/** `create` on the simulated cluster: what is touched, what is put back, and what is said. */
import { describe, expect, test } from "vitest";
import { createContainers, type CreateInput } from "../../src/app/create.ts";
import { moveContainer } from "../../src/app/move/index.ts";
import type { Ports } from "../../src/app/ports.ts";
import { PictlError } from "../../src/domain/errors.ts";
import { app, Cluster, type Layout } from "./hands.ts";

const create = (cluster: Cluster, more: Partial<CreateInput> = {}, secrets: Partial<Ports["secrets"]> = {}) =>
  cluster.by(({ ports, config }) =>
    createContainers(
      { ...ports, secrets: { ...ports.secrets, ...secrets } },
      {
        ...{ config, placements: config.placements, recreate: "nothing" as const, waitMs: 0, dryRun: false },
        ...{ graceSeconds: 10, patienceMs: 30_000, ...more },
      },
    ),
  );

const everywhere = (entry: object): Layout =>
  Object.fromEntries(["n1", "n2", "n3"].map((node) => [node, { web: entry }]));

/** Three copies of version 1, which the controller has put there. */
async function fleet(entry: object = app(80)): Promise<Cluster> {
  const cluster = new Cluster({ n1: {}, n2: {}, n3: {} });
  cluster.edit(everywhere(entry));
  await create(cluster);
  expect(cluster.running()).toEqual({ n1: ["web app:1"], n2: ["web app:1"], n3: ["web app:1"] });
  return cluster;
}

const outcomes = ({ result }: Awaited<ReturnType<typeof create>>): readonly string[] =>
  result.containers.map(({ node, outcome }) => `${node} ${outcome}`);
const codes = ({ failures }: Awaited<ReturnType<typeof create>>): readonly string[] =>
  failures.map(({ node, code }) => `${String(node)} ${code}`).sort();

test("what is not there is made, and a second time changes nothing", async () => {
  const cluster = new Cluster({ n1: {}, n2: {}, n3: {} });
  cluster.edit({ n1: { web: app(80) }, n2: {}, n3: {} });
  expect(outcomes(await create(cluster, { dryRun: true }))).toEqual([expect.stringContaining("n1 would run: docker")]);
  expect(cluster.running()["n1"]).toEqual([]);
  expect(outcomes(await create(cluster))).toEqual(["n1 created"]);
  expect(outcomes(await create(cluster))).toEqual(["n1 runs already"]);
});

test("what differs stays without a word to replace it, and is replaced with one", async () => {
  const cluster = await fleet();
  cluster.edit(everywhere(app(80, "app:2")));
  expect(codes(await create(cluster))).toEqual(["n1 not-as-wanted", "n2 not-as-wanted", "n3 not-as-wanted"]);
  expect(cluster.running()).toEqual({ n1: ["web app:1"], n2: ["web app:1"], n3: ["web app:1"] });
  expect((await create(cluster, { recreate: "differing" })).failures).toEqual([]);
  expect(cluster.running()).toEqual({ n1: ["web app:2"], n2: ["web app:2"], n3: ["web app:2"] });
});

test("a version that ends at once touches one copy, which is put back", async () => {
  const cluster = await fleet();
  cluster.edit(everywhere(app(80, "app:2")));
  cluster.world.sicknesses.add({ container: "web", node: undefined, how: "crashes", image: "app:2" });
  const report = await create(cluster, { recreate: "differing" });
  expect(codes(report)).toEqual(["n1 gate-failed", "n2 rollout-stopped", "n3 rollout-stopped"]);
  expect(cluster.running()).toEqual({ n1: ["web app:1"], n2: ["web app:1"], n3: ["web app:1"] });
});

test("one that fails on the second node only: the first keeps it, or goes back where the layout says so", async () => {
  for (const goesBack of [false, true]) {
    const update = goesBack ? { update: { on_failure: "rollback" } } : {};
    const cluster = await fleet({ ...app(80), ...update });
    cluster.edit(everywhere({ ...app(80, "app:2"), ...update }));
    cluster.world.sicknesses.add({ container: "web", node: "n2", how: "crashes", image: "app:2" });
    const report = await create(cluster, { recreate: "differing" });
    expect(codes(report)).toContain("n2 gate-failed");
    expect(cluster.running()).toEqual({
      n1: [goesBack ? "web app:1" : "web app:2"],
      n2: ["web app:1"],
      n3: ["web app:1"],
    });
  }
});

test("a version whose image one node cannot get replaces nothing anywhere", async () => {
  const cluster = await fleet();
  cluster.edit(everywhere(app(80, "app:3")));
  cluster.world.noImages.add("n2");
  const report = await create(cluster, { recreate: "differing" });
  expect(report.result.containers).toEqual([]);
  expect(cluster.running()).toEqual({ n1: ["web app:1"], n2: ["web app:1"], n3: ["web app:1"] });
});

test("a dead node is said, and the others are made anew", async () => {
  const cluster = await fleet();
  cluster.edit(everywhere(app(80, "app:2")));
  cluster.world.node("n3").powerOff();
  const report = await create(cluster, { recreate: "differing" });
  expect(report.failures.map(({ node }) => node)).toContain("n3");
  expect(cluster.running()).toMatchObject({ n1: ["web app:2"], n2: ["web app:2"] });
});

test("what has another name in the layout now is taken over", async () => {
  const cluster = await fleet();
  cluster.edit({ n1: { shop: { ...app(80), renamed_from: "web" } }, n2: { web: app(80) }, n3: { web: app(80) } });
  const report = await create(cluster, { recreate: "differing" });
  expect(report.failures).toEqual([]);
  expect(outcomes(report)[0]).toMatch(/^n1 .*; was web$/);
  expect(cluster.running()["n1"]).toEqual(["shop app:1"]);
});

test("what has the name yet that another one is said to have had stays, and the other one is made beside it", async () => {
  const cluster = await fleet();
  cluster.edit({ n1: { shop: { ...app(81), renamed_from: "web" }, web: app(80) }, n2: { web: app(80) } });
  const report = await create(cluster, { recreate: "differing" });
  expect(report.failures).toEqual([]);
  expect(outcomes(report)).toContain("n1 created");
  expect(cluster.running()["n1"]).toEqual(["shop app:1", "web app:1"]);
});

describe("containers that want each other's ports", () => {
  test("what could hand its ports over is stopped first where another one has them yet", async () => {
    const checked = (port: number): object => ({
      image: "app:1",
      args: `-p ${String(port)}:80 --health-cmd "test -f /ready"`,
    });
    const cluster = new Cluster({ n1: {} });
    cluster.edit({ n1: { one: checked(80), two: checked(81) } });
    await create(cluster);
    const planned = async (one: number, two: number): Promise<readonly string[]> => {
      cluster.edit({ n1: { one: checked(one), two: checked(two) } });
      return outcomes(await create(cluster, { recreate: "differing", dryRun: true }));
    };
    expect(await planned(82, 81)).toEqual([expect.stringContaining("hand-off: "), "n1 runs already"]);
    expect(await planned(81, 80)).toEqual([
      expect.stringContaining("stop-first, since it is to have port 81, which two has yet: "),
      expect.stringContaining("stop-first, since it is to have port 80, which one has yet: "),
    ]);
  });

  test.each(["one that is there", "a new one"])(
    "%s starts with the port of another one when that has passed, and leaves it where it is put back",
    async (which) => {
      const cluster = new Cluster({ n1: {}, n2: {} });
      const isThere = which === "one that is there";
      cluster.edit({ n1: { web: app(80), ...(isThere ? { site: app(90) } : {}) }, n2: {} });
      await create(cluster);
      cluster.edit({ n1: { web: app(81, "app:2"), site: app(80) }, n2: {} });
      cluster.world.sicknesses.add({ container: "web", node: undefined, how: "crashes", image: "app:2" });
      expect(codes(await create(cluster, { recreate: "differing" })).at(0)).toBe("n1 gate-failed");
      expect(cluster.running()["n1"]).toEqual(["web app:1", ...(isThere ? ["site app:1"] : [])].sort());
      cluster.world.sicknesses.clear();
      expect((await create(cluster, { recreate: "differing" })).failures).toEqual([]);
      expect(cluster.running()["n1"]).toEqual(["site app:1", "web app:2"]);
    },
  );

  test("are both stopped before one is started, however slowly one stops", async () => {
    const cluster = new Cluster({ n1: {} });
    const layout = (round: number): Layout => {
      const names = ["one", "two", "three"];
      return { n1: Object.fromEntries(names.map((name, index) => [name, app(80 + ((index + round) % 3))])) };
    };
    cluster.edit(layout(0));
    await create(cluster);
    // One of ten stops takes ten seconds there.
    for (let round = 1; round <= 12; round++) {
      cluster.edit(layout(round));
      expect((await create(cluster, { recreate: "differing" })).failures).toEqual([]);
    }
    expect(cluster.running()["n1"]).toHaveLength(3);
  });

  test("one that takes the port of what goes to another one, or is new there, waits for it", async () => {
    const cluster = new Cluster({ n1: {} });
    cluster.edit({ n1: { one: app(80), two: app(81) } });
    await create(cluster);
    for (let port = 82; port < 90; port++) {
      cluster.edit({ n1: { fresh: app(port - 1), one: app(port - 2), two: app(port) } });
      expect((await create(cluster, { recreate: "differing" })).failures).toEqual([]);
      cluster.world.node("n1").docker.containers.delete(cluster.world.node("n1").docker.find("fresh")?.id ?? "");
      cluster.edit({ n1: { one: app(port - 1), two: app(port) } });
      expect((await create(cluster, { recreate: "differing" })).failures).toEqual([]);
    }
  });

  test("where nobody is about to free it, nothing is stopped", async () => {
    const cluster = new Cluster({ n1: {} });
    cluster.edit({ n1: { one: app(80), two: app(81) } });
    await create(cluster);
    const id = cluster.world.node("n1").docker.find("one")?.id;
    cluster.edit({ n1: { one: app(81), two: app(80) } });
    const { failures } = await cluster.by(({ ports, config }) =>
      createContainers(ports, {
        ...{ config, placements: config.placements.filter(({ container }) => container === "one") },
        ...{ recreate: "differing", waitMs: 0, dryRun: false, graceSeconds: 10, patienceMs: 30_000 },
      }),
    );
    expect(failures.map(({ code, message }) => `${code}: ${message}`)).toEqual([
      "port-taken: one publishes port 81, which two has on n1. The old container was not touched.",
    ]);
    expect(cluster.world.node("n1").docker.find("one")).toMatchObject({ id, state: "running" });
    expect(cluster.told.filter((each) => each.startsWith("container.stopped"))).toEqual([]);
  });
});

/** When each container that runs was started, in seconds after `since`. */
function startedAfter(cluster: Cluster, since: number): Readonly<Record<string, number>> {
  return Object.fromEntries(
    [...cluster.world.nodes.values()].flatMap(({ name, docker }) =>
      docker
        .facts()
        .filter(({ state }) => state === "running")
        .map((each) => [`${each.name}@${name}`, (Number(each.startedAtMs) - since) / 1000]),
    ),
  );
}

/** A copy of it may run on a silent node, which is waited for so long. */
const soon = 3.6;

describe("a node that does not answer holds up nobody else", () => {
  const slow = (layout: Layout): Cluster => {
    const cluster = new Cluster({ n1: {}, n2: {}, n3: {} });
    cluster.edit(layout);
    cluster.world.node("n1").powerOff();
    return cluster;
  };

  test("other containers on other nodes are made at once", async () => {
    const cluster = slow({ n1: { web: app(80) }, n2: { clock: app(81) }, n3: {} });
    const since = cluster.world.wallMs();
    const report = await create(cluster);
    expect(codes(report)).toEqual(["n1 node-unreachable"]);
    expect(startedAfter(cluster, since)["clock@n2"]).toBeLessThan(soon);
  });

  test("so are copies of the same container, where nothing serves that could be harmed", async () => {
    const cluster = slow(everywhere(app(80)));
    const since = cluster.world.wallMs();
    expect(codes(await create(cluster))).toEqual(["n1 node-unreachable"]);
    const started = startedAfter(cluster, since);
    expect(started["web@n2"]).toBeLessThan(soon);
    expect(started["web@n3"]).toBeLessThan(soon);
  });

  test("what is built there is waited for only by what belongs to it", async () => {
    const cluster = slow({
      n1: { web: { args: "-p 80:80" } },
      n2: { clock: app(81) },
      n3: { late: { ...app(82), after: ["web"] } },
    });
    const since = cluster.world.wallMs();
    expect(codes(await create(cluster))).toEqual(["n1 node-unreachable", "n3 rollout-stopped"]);
    expect(startedAfter(cluster, since)["clock@n2"]).toBeLessThan(soon);
  });
});

test("a check that looks where nothing will answer is told before it is waited for, also by a dry run", async () => {
  for (const dryRun of [true, false]) {
    const cluster = new Cluster({ n1: {} });
    cluster.edit({ n1: { web: app(80) } }, { hb: [{ node: "n1", web: 81 }], automatic_heartbeat: "enabled" });
    const report = await create(cluster, { dryRun });
    const told =
      'web@n1: the check of its hb entry decides whether it works, and hardly can: web publishes no port 81 (it publishes 80), so this check never succeeds; publish it with "-p 81:81"';
    expect(cluster.warnings).toEqual([expect.stringContaining(told)]);
    expect(codes(report)).toEqual(dryRun ? [] : ["n1 gate-failed"]);
  }
});

/** web is made on n1 and moved to n2, as the layout of then and this machine say. */
async function moved(): Promise<Cluster> {
  const cluster = new Cluster({ n1: {}, n2: {}, n3: {} });
  cluster.edit({ n1: { web: app(80) }, n2: {}, n3: {} });
  await create(cluster);
  await cluster.by(({ ports, store, config }) =>
    moveContainer(ports, {
      ...{ store, config, name: "web", to: "n2", force: false, dryRun: false, waitMs: 0 },
      ...{ graceSeconds: 10, patienceMs: 30_000, copyVolumes: false, overlap: false },
      mayLeaveData: () => Promise.resolve(true),
    }),
  );
  expect(cluster.running()).toEqual({ n1: [], n2: ["web app:1"], n3: [] });
  return cluster;
}

test.each([
  ["an older config", { n1: { web: app(80) }, n2: {}, n3: {} }, false],
  ["an older config, after the state folder was lost or put back", { n1: { web: app(80) }, n2: {}, n3: {} }, true],
  ["a config of somebody else, who wants another version", { n1: { web: app(80, "app:2") }, n2: {}, n3: {} }, true],
  ["an edit by hand", { n1: {}, n2: {}, n3: { web: app(80) } }, false],
])("%s makes no second copy of what runs elsewhere, by whatever word", async (_what, layout, forgets) => {
  for (const recreate of ["nothing", "differing", "everything"] as const) {
    const cluster = await moved();
    const id = cluster.world.node("n2").docker.find("web")?.id;
    cluster.edit(layout);
    if (forgets) {
      const disk = cluster.world.disk("controller");
      disk.generations = disk.history = disk.inhabited = undefined;
    }
    expect((await create(cluster, { recreate })).failures.map(({ code }) => code)).toEqual(["runs-elsewhere"]);
    expect(cluster.running()).toEqual({ n1: [], n2: ["web app:1"], n3: [] });
    expect(cluster.world.node("n2").docker.find("web")?.id).toBe(id);
  }
});

describe("what comes after a container of which nothing is known waits", () => {
  const layout = {
    n1: { db: app(80) },
    n2: { web: { ...app(81), after: ["db"] }, api: { ...app(82), after: ["web"] } },
  };
  const held = "Not touched: it comes after db, and nothing says that db works on n1.";

  const messages = ({ failures }: Awaited<ReturnType<typeof create>>): readonly string[] =>
    failures.map(({ container, code, message }) =>
      code === "rollout-stopped" ? `${String(container)}: ${message}` : code,
    );

  test("as its node does not answer; what is named alone does not", async () => {
    for (const dryRun of [true, false]) {
      const cluster = new Cluster({ n1: {}, n2: {} });
      cluster.edit(layout);
      cluster.world.node("n1").powerOff();
      expect(messages(await create(cluster, { dryRun }))).toEqual([
        "node-unreachable",
        `web: ${held}`,
        "api: Not touched: it comes after web, which did not come up.",
      ]);
      expect(cluster.running()["n2"]).toEqual([]);
    }
    const cluster = new Cluster({ n1: {}, n2: {} });
    cluster.edit(layout);
    cluster.world.node("n1").powerOff();
    await cluster.by(({ ports, config }) =>
      createContainers(ports, {
        ...{ config, placements: config.placements.filter(({ container }) => container === "web") },
        ...{ recreate: "nothing", waitMs: 0, dryRun: false, graceSeconds: 10, patienceMs: 30_000 },
      }),
    );
    expect(cluster.running()["n2"]).toEqual(["web app:1"]);
  });

  test("as its image cannot be built, or its env_file not be read", async () => {
    for (const db of [
      { args: "-p 80:80", build: "/src/db" },
      { ...app(80), env_file: "/nowhere/db.env" },
    ]) {
      const cluster = new Cluster({ n1: {}, n2: {} });
      cluster.edit({ ...layout, n1: { db } });
      cluster.world.noImages.add("n1");
      const unread = { envFile: () => Promise.reject(new PictlError("env-file-invalid", "There is no such file.")) };
      const report = await create(cluster, {}, unread);
      expect(messages(report)).toContain(`web: ${held}`);
      expect(cluster.running()).toEqual({ n1: [], n2: [] });
    }
  });

  test("what runs as it is wanted has nothing to wait for, and what differs and was left runs", async () => {
    const cluster = new Cluster({ n1: {}, n2: {} });
    cluster.edit(layout);
    expect((await create(cluster)).failures).toEqual([]);
    cluster.edit({ ...layout, n1: { db: app(80, "app:2") } });
    const { docker } = cluster.world.node("n2");
    const web = docker.find("web");
    if (web) docker.exit(web, 0);
    expect(messages(await create(cluster))).toEqual(["not-as-wanted"]);
    expect(cluster.running()["n2"]).toEqual(["api app:1", "web app:1"]);
    cluster.world.node("n1").powerOff();
    expect(messages(await create(cluster))).toEqual(["node-unreachable"]);
  });
});

/** What people do by hand to nodes and whole configs, on the simulated cluster. */
import { expect, test } from "vitest";
import { removeImages } from "../../src/app/image/remove.ts";
import { moveContainer } from "../../src/app/move/index.ts";
import { settleMoves } from "../../src/app/move/settle.ts";
import { drainNode } from "../../src/app/node/drain-node.ts";
import { removeDrainedNode } from "../../src/app/node/remove-drained.ts";
import { applyConfig } from "../../src/app/plan/apply.ts";
import { planCluster } from "../../src/app/plan/index.ts";
import { containerStatus } from "../../src/app/status.ts";
import type { RunContext } from "../../src/operations/context.ts";
import { planApply } from "../../src/operations/plan/apply.ts";
import { app, Cluster, type Layout } from "./hands.ts";

const asUsual = { graceSeconds: 10, patienceMs: 30_000, waitMs: 0 };
const planned = { removes: true, newest: false, copyVolumes: false };

const apply = (cluster: Cluster, more: Partial<Parameters<typeof applyConfig>[1]> = {}) =>
  cluster.by(({ ports, store, config }) =>
    applyConfig(ports, {
      ...{ store, config, ...asUsual, ...planned },
      ...{ dryRun: false, confirm: () => Promise.resolve(true), ...more },
    }),
  );

const plan = (cluster: Cluster) =>
  cluster.by(({ ports, config }) => planCluster(ports, { config, ...planned, detailed: true }));

const before: Layout = {
  n1: { changed: app(8001), gone: app(8002), same: app(8003) },
  n2: { moved: app(8004) },
  n3: {},
};
const after: Layout = {
  n1: { changed: app(8001, "app:2"), same: app(8003) },
  n2: { fresh: app(8005) },
  n3: { moved: app(8004) },
};

/** Everything runs as `before` says, and the controller remembers that it put it there. */
async function placed(): Promise<Cluster> {
  const cluster = new Cluster({ n1: {}, n2: {}, n3: {} });
  cluster.edit(before);
  await apply(cluster);
  return cluster;
}

test("apply makes the nodes what the config says, in one go, and then there is nothing to do", async () => {
  const cluster = await placed();
  expect(await plan(cluster)).toEqual({ result: { steps: [] }, failures: [] });
  cluster.edit(after);
  const { result, exitCode } = await plan(cluster);
  expect([exitCode, result.steps.map(({ kind, container, node }) => `${kind} ${container}@${node}`).sort()]).toEqual([
    5,
    ["create fresh@n2", "move moved@n3", "remove gone@n1", "replace changed@n1"],
  ]);

  const report = await apply(cluster);
  expect(report.failures).toEqual([]);
  expect(cluster.running()).toEqual({
    n1: ["changed app:2", "same app:1"],
    n2: ["fresh app:1"],
    n3: ["moved app:1"],
  });
  expect(await plan(cluster)).toEqual({ result: { steps: [] }, failures: [] });
  expect((await apply(cluster)).result.steps).toEqual([]);
});

test("apply remembers which nodes have containers, also those that it leaves as they are", async () => {
  const cluster = new Cluster({ n1: { web: app(8001) }, n2: {} });
  cluster.edit({ n1: { web: app(8001) }, n2: { fresh: app(8002) } });
  expect((await apply(cluster)).failures).toEqual([]);
  cluster.edit({ n2: { fresh: app(8002) } });
  const { failures } = await cluster.by(({ ports, config }) =>
    containerStatus(ports, { config, placements: config.placements, nodes: config.nodes }),
  );
  expect(failures).toMatchObject([{ node: "n1", message: expect.stringContaining("still there: web") as string }]);
});

test("apply makes anew what shares the network of one that it moves there", async () => {
  const side = { image: "app:1", args: "--network container:web" };
  const cluster = new Cluster({ n1: { web: app(8001) }, n2: { side } });
  // As an earlier move has left it: without the one that it shares with.
  const made = cluster.world.node("n2").docker.find("side")?.id;
  cluster.edit({ n1: {}, n2: { web: app(8001), side } });
  const { result, failures } = await apply(cluster, { newest: true });
  expect(failures).toEqual([]);
  expect(result.steps).toMatchObject([
    { id: "move web@n2", changed: true },
    { id: "replace side@n2", changed: true },
  ]);
  expect(cluster.world.node("n2").docker.find("side")?.id).not.toBe(made);
  expect(await plan(cluster)).toEqual({ result: { steps: [] }, failures: [] });
});

test("apply that nobody agrees to, and a dry run, touch nothing", async () => {
  const cluster = await placed();
  cluster.edit(after);
  const running = cluster.running();
  expect(await apply(cluster, { confirm: () => Promise.resolve(false) })).toMatchObject({
    result: { steps: [] },
    exitCode: 4,
  });
  expect((await apply(cluster, { dryRun: true })).result.steps).toHaveLength(4);
  expect(cluster.running()).toEqual(running);
});

test("apply of the steps that were shown does just those, and nothing when one is for something else by now", async () => {
  const cluster = await placed();
  cluster.edit(after);
  const shown = JSON.parse(JSON.stringify((await plan(cluster)).result)) as { steps: object[] };
  const applied = (steps: readonly object[], more: object = {}) =>
    cluster.by(({ ports, store, config }) =>
      planApply.run({ ports, store, config } as unknown as RunContext, { steps, confirm: true, ...more }),
    );
  expect(await applied(shown.steps.slice(0, 2))).toMatchObject({ failures: [] });
  const late = await applied(shown.steps);
  expect([late.exitCode, late.failures.map(({ code }) => code)]).toEqual([4, ["plan-stale", "plan-stale"]]);
  expect((await applied(shown.steps.slice(2))).failures).toEqual([]);
  expect(await plan(cluster)).toEqual({ result: { steps: [] }, failures: [] });
  await expect(applied(shown.steps, { all: true })).rejects.toMatchObject({ code: "usage" });
  await expect(applied([{ id: "move web@n2" }])).rejects.toMatchObject({ code: "usage" });
});

test("apply of a step that was shown looks also at the node where its container was last seen", async () => {
  const cluster = new Cluster({ n1: {}, n2: {} });
  cluster.edit({ n1: { web: app(8001) }, n2: {} });
  await apply(cluster);
  // Another pictl has moved it, which this one does not know; and then somebody removed it.
  cluster.edit({ n1: {}, n2: { web: app(8001) } });
  cluster.world.node("n1").docker.containers.clear();
  const { steps } = (await plan(cluster)).result;
  expect(steps.map(({ id }) => id)).toEqual(["create web@n2"]);
  const input = JSON.parse(JSON.stringify({ steps, confirm: true })) as Parameters<typeof planApply.run>[1];
  const done = await cluster.by(({ ports, store, config }) =>
    planApply.run({ ports, store, config } as unknown as RunContext, input),
  );
  expect(done.failures).toEqual([]);
  expect(cluster.running()).toEqual({ n1: [], n2: ["web app:1"] });
});

test("apply with a dead node does the rest, and says which was not looked at", async () => {
  const cluster = await placed();
  cluster.edit(after);
  cluster.world.node("n3").powerOff();
  const { failures } = await apply(cluster);
  expect(failures.map(({ node }) => node)).toContain("n3");
  expect(cluster.running()).toMatchObject({ n1: ["changed app:2", "same app:1"], n2: ["fresh app:1", "moved app:1"] });
});

test("apply whose images cannot be pulled says so in the log, and so it does when they can", async () => {
  const cluster = await placed();
  cluster.world.noImages.add("n2");
  cluster.edit({ ...before, n2: { moved: app(8004), fresh: app(8005, "app:3"), other: app(8006, "app:4") } });
  const { failures } = await apply(cluster);
  expect(failures.map(({ code }) => code)).toEqual(expect.arrayContaining(["disk-full", "rollout-stopped"]));
  const ofImages = (): readonly string[] => cluster.told.filter((each) => each.startsWith("image.")).sort();
  expect(ofImages()).toEqual(["image.pull-failed n2", "image.pull-failed n2"]);
  cluster.world.noImages.clear();
  expect((await apply(cluster)).failures).toEqual([]);
  expect(ofImages().slice(2)).toEqual(["image.pulled n2", "image.pulled n2"]);
});

test("a drained node is empty and cordoned, and stays in the config", async () => {
  const cluster = new Cluster(before);
  const { result, failures } = await cluster.by(({ ports, store, config }) =>
    drainNode(ports, {
      ...{ store, config, name: "n1", ...asUsual },
      ...{ copyVolumes: false, dryRun: false, confirm: () => Promise.resolve(true) },
    }),
  );
  expect(failures).toEqual([]);
  expect(result.nodes).toMatchObject([{ node: "n1", changed: true, outcome: "cordoned; empty now" }]);
  const { n1, n2, n3 } = cluster.running();
  expect([n1, [...(n2 ?? []), ...(n3 ?? [])].sort()]).toEqual([
    [],
    ["changed app:1", "gone app:1", "moved app:1", "same app:1"],
  ]);
  expect(JSON.parse(cluster.world.disk("controller").text)).toMatchObject({
    layout: [{ node: "n1" }, { node: "n2" }, { node: "n3" }],
    nodes: { n1: { cordoned: true } },
  });
});

test("a node that is drained by its removal is out of the config; who says no keeps it", async () => {
  const cluster = new Cluster(before);
  const remove = (agreed: boolean) =>
    cluster.by(({ ports, store, config }) =>
      removeDrainedNode(ports, {
        ...{ store, config, name: "n2", ...asUsual },
        ...{ copyVolumes: false, dryRun: false, confirm: () => Promise.resolve(agreed) },
      }),
    );
  expect(await remove(false)).toEqual({ result: { nodes: [] }, failures: [], exitCode: 4 });
  expect(cluster.running()["n2"]).toEqual(["moved app:1"]);

  const { result, failures } = await remove(true);
  expect(failures).toEqual([]);
  expect(result.nodes).toMatchObject([{ node: "n2", changed: true, moves: [{ container: "moved" }] }]);
  expect(cluster.running()["n2"]).toEqual([]);
  expect((cluster.layout() as { node: string }[]).map(({ node }) => node)).toEqual(["n1", "n3"]);
});

test("an image that containers need is not removed, another one is", async () => {
  const cluster = new Cluster(before);
  const remove = (image: string) =>
    cluster.by(({ ports, config }) =>
      removeImages(ports, {
        ...{ config, nodes: config.nodes, references: [image], force: false },
        ...{ dryRun: false, waitMs: 0, confirm: () => Promise.resolve(true) },
      }),
    );
  const { result, failures } = await remove("app:1");
  expect(result.images.filter(({ node }) => node !== "n3")).toEqual([]);
  expect(failures.map(({ code, node }) => `${String(node)} ${code}`).sort()).toEqual([
    "n1 image-in-use",
    "n2 image-in-use",
  ]);
  expect((await remove("app:2")).result.images.map(({ node }) => node)).toEqual(["n1", "n2", "n3"]);
});

test.each([
  [2000, 9],
  [60_000, 0],
])("a move that was killed %d ms after its order is undone when that cannot begin any more", async (agoMs, seconds) => {
  const cluster = new Cluster({ n1: {}, n2: {} });
  cluster.edit({ n1: { web: app(8001) }, n2: {} });
  await apply(cluster);
  const { world } = cluster;
  const { docker } = world.node("n1");
  docker.command({ do: "stop", name: "web" }, () => undefined);
  await world.timeline.run(world.timeline.now + 20_000, () => true);
  docker.command({ do: "rename", name: "web", to: "web.pictl-replaced" }, () => undefined);
  world.node("n2").powerOff();
  const since = world.wallMs();
  await cluster.by(async ({ ports, config }) => {
    await ports.journal.write({
      ...{ container: "web", from: "n1", to: "n2", generation: 9_999_999_999, step: "switching", wasRunning: true },
      ...{ orderedAt: since - agoMs, startedAt: new Date(since - 120_000).toISOString(), who: "me@here" },
    });
    await settleMoves(ports, config, "web", { dead: new Set(["n2"]) });
  });
  const started = (Number(docker.find("web")?.startedAtMs) - since) / 1000;
  expect([started >= seconds, started < seconds + 2]).toEqual([true, true]);
});

test("a move waits for a node that takes minutes to make a container, as one that fills a volume does", async () => {
  const cluster = new Cluster({ n1: { web: app(8001) }, n2: {} });
  const { world } = cluster;
  const { docker } = world.node("n2");
  const making = (_node: string, text: string): void => {
    if (!/docker container (?:run|create)/.test(text)) return;
    world.ambushes.delete(making);
    docker.hang();
    world.timeline.after(240_000, () => {
      docker.goOn();
    });
  };
  world.ambushes.add(making);
  await cluster.by(({ ports, store, config }) =>
    moveContainer(ports, {
      ...{ store, config, ...asUsual, name: "web", to: "n2", force: false, dryRun: false },
      ...{ copyVolumes: false, overlap: false, mayLeaveData: () => Promise.resolve(true) },
    }),
  );
  expect(cluster.running()).toEqual({ n1: [], n2: ["web app:1"] });
});

test("a move of which only the layout knows, by a copy of it that is older, costs nobody the copy that runs", async () => {
  const cluster = new Cluster({ n1: { web: app(8001) }, n2: {} });
  const { world } = cluster;
  const { docker } = world.node("n1");
  const running = docker.find("web");
  if (!running) throw new RangeError("no such container");
  const labels = { ...running.labels, "io.pictl.generation": "7" };
  world.node("n2").docker.add({ ...running, labels, state: "exited", exitCode: 0 });
  cluster.edit({ n1: {}, n2: { web: app(8001) } });
  const left = await cluster.by(async ({ ports, config }) => {
    await ports.journal.write({
      ...{ container: "web", from: "n1", to: "n2", generation: 9_999_999_999, step: "switching", wasRunning: true },
      ...{ startedAt: new Date(world.wallMs() - 120_000).toISOString(), who: "me@here" },
    });
    await settleMoves(ports, config, "web");
    return ports.journal.read();
  });
  expect([left, cluster.running()]).toEqual([[], { n1: ["web app:1"], n2: [] }]);
});

test("a move that was cut off is settled by the next one of its container, also by one that is refused then", async () => {
  const cluster = new Cluster({ n1: {}, n2: {} });
  cluster.edit({ n1: { web: app(8001) }, n2: {} });
  await apply(cluster);
  const move = (to: string, killed = false) =>
    cluster.by(({ ports, store, config, process }) => {
      if (killed) process.crash = { what: /^write the config/, after: 2, side: "before" };
      return moveContainer(ports, {
        ...{ store, config, ...asUsual, name: "web", to, force: false, dryRun: false },
        ...{ copyVolumes: false, overlap: false, mayLeaveData: () => Promise.resolve(true) },
      });
    });
  await expect(move("n2", true)).rejects.toThrow("has not ended");
  expect(cluster.running()).not.toEqual({ n1: ["web app:1"], n2: [] });
  await expect(move("n1")).rejects.toMatchObject({
    code: "usage",
    message: "web is on n1 already, as the layout says.",
  });
  expect(cluster.running()).toEqual({ n1: ["web app:1"], n2: [] });
});

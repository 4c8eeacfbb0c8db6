/** `kill -9` of an apply on the simulated cluster, at each thing it does outside: the next one comes to the same end. */
import { expect, test } from "vitest";
import { applyConfig } from "../../src/app/plan/apply.ts";
import { planCluster } from "../../src/app/plan/index.ts";
import { app, Cluster, type Hands, type Layout } from "./hands.ts";

const built = (folder: string): object => ({ args: "-p 8010:80", build: folder });
const before: Layout = {
  n1: { changed: app(8001), gone: app(8002), same: app(8003), old: app(8004), built: built("/one") },
  n2: { moved: app(8005), stopped: app(8006) },
  n3: {},
};
const after: Layout = {
  n1: {
    ...{ changed: app(8001, "app:2"), same: app(8003), built: built("/two") },
    renamed: { ...app(8004), renamed_from: "old" },
  },
  n2: { fresh: app(8002, "app:3"), stopped: app(8006) },
  n3: { moved: app(8005) },
};

const planned = { removes: true, newest: false, copyVolumes: false };

const apply = ({ ports, store, config }: Hands) =>
  applyConfig(ports, {
    ...{ store, config, ...planned, graceSeconds: 10, patienceMs: 30_000, waitMs: 60_000 },
    ...{ dryRun: false, confirm: () => Promise.resolve(true) },
  });

const plan = ({ ports, config }: Hands) => planCluster(ports, { config, ...planned, detailed: true });

/** As `before` says, but for one that somebody has stopped with docker; `after` is what is wanted. */
async function toBeApplied(): Promise<Cluster> {
  const cluster = new Cluster({ n1: {}, n2: {}, n3: {} });
  cluster.edit(before);
  await cluster.by(apply);
  cluster.world.nodes.get("n2")?.docker.command({ do: "stop", name: "stopped" }, () => undefined);
  const { timeline } = cluster.world;
  await timeline.run(timeline.now + 20_000, () => true);
  cluster.edit(after);
  return cluster;
}

/** Containers of each node, whatever their state, with their images. */
const everything = ({ world }: Cluster): unknown =>
  [...world.nodes.values()].map(({ name, docker }) => [
    name,
    docker
      .facts()
      .map((each) => `${each.name} ${each.image} ${each.state}`)
      .sort(),
  ]);

/** Commands that change something, lines of the journal, and what is written to the disk. */
const effect = /: docker |: sh -c |^journal|^write |^claim|^unclaim/;

test("an apply with steps of every kind that is killed anywhere comes to the same end when it is said again", async () => {
  const whole = await toBeApplied();
  const { result } = await whole.by(plan);
  expect([...new Set(result.steps.map(({ kind }) => kind))].sort()).toEqual([
    "build",
    "create",
    "move",
    "pull",
    "remove",
    "replace",
    "start",
  ]);
  await whole.by(apply);
  const end = everything(whole);
  let [nth, killed] = [0, true];
  while (killed) {
    nth += 1;
    const side = nth % 2 === 0 ? "before" : "after";
    const cluster = await toBeApplied();
    killed = (await cluster.killed({ what: effect, after: nth, side }, apply)) === undefined;
    const where = `killed ${side} effect ${String(nth)}`;
    expect((await cluster.by(apply)).failures, where).toEqual([]);
    expect(everything(cluster), where).toEqual(end);
    expect((await cluster.by(plan)).result.steps, where).toEqual([]);
  }
  expect(nth).toBeGreaterThan(30);
});

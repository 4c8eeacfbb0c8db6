/** The daemon's end, with what it has in hand, on the simulated cluster. */
import { expect, test } from "vitest";
import { runDaemon } from "../../src/daemon/index.ts";
import { app, Cluster } from "./hands.ts";
import { openSimLeadership } from "./leadership.ts";

test("a daemon that is stopped gives what it has in hand six seconds, abandons it, and is gone within ten", async () => {
  const cluster = new Cluster({ n1: { web: app(8001) }, n2: {} }, { hb: [{ node: "n1", web: 8001 }] });
  const { world } = cluster;
  const { docker } = world.node("n1");
  const abandoned: number[] = [];
  const leave = new AbortController();
  let leftAt = 0;
  await world.timeline.run(world.timeline.now + 60_000, () => true);
  world.ambushes.add((_, command) => {
    // The node's Docker hangs just as the container is to be started, and the daemon is told to leave.
    if (!command.includes("container start")) return;
    docker.hang();
    leftAt = world.timeline.now;
    leave.abort(new Error("SIGTERM"));
  });
  for (const each of docker.containers.values()) docker.exit(each, 1);
  await cluster.by(async ({ ports, store, config, process }) => {
    const work = new AbortController();
    const own = { ...ports, signal: work.signal };
    await runDaemon(own, {
      ...{ beside: [], config, store, leave: leave.signal, wake: () => undefined, env: {} },
      leadership: await openSimLeadership(world, process, own),
      state: { read: async () => undefined, write: async () => undefined },
      vip: {
        state: () => ({ read: async () => undefined, write: async () => undefined }),
        requests: {} as never,
      },
      identity: { pid: 1, configPath: store.path, version: "" },
      stalls: { stood: () => false, stop: () => undefined },
      catchUp: () => Promise.resolve(),
      abandon: (reason) => {
        abandoned.push(world.timeline.now - leftAt);
        work.abort(reason);
      },
    });
  });
  expect(abandoned).toEqual([6000]);
  expect(world.timeline.now - leftAt).toBeLessThan(10_000);
  expect(cluster.told.at(-1)).toBe("daemon.stopped");
});

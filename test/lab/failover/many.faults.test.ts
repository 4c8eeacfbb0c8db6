/** Failover where much happens at once: half of the nodes go, or one with twenty containers. */
import { expect } from "vitest";
import { now } from "../../auditor/history.ts";
import * as network from "../../faults/network.ts";
import { powerLoss } from "../../faults/services.ts";
import { during, hold, settle, until } from "../../faults/stage.ts";
import { INTERVAL, type SceneConfig, withScenes } from "../../support/failover.ts";

/** `first` on n1 and `second` on n2, which may go anywhere. */
const two: SceneConfig = {
  layout: [{ first: imageOf("-p 8081:80") }, { second: imageOf("-p 8082:80") }, {}, {}],
  hb: [{ first: "8081" }, { second: "8082" }, {}, {}],
  constraints: ["first,n1,n2,n3,n4", "second,n1,n2,n3,n4"],
};

const names = Array.from({ length: 20 }, (_, index) => `c${String(index + 1)}`);
const twenty: SceneConfig = {
  layout: [
    Object.fromEntries(names.map((name, index) => [name, imageOf(`-p ${String(8101 + index)}:80`)])),
    {},
    {},
    {},
  ],
  hb: [Object.fromEntries(names.map((name, index) => [name, String(8101 + index)])), {}, {}, {}],
  constraints: names.map((name) => `${name},n1,n2,n3,n4`),
  more: { failover_policy: "spread" },
};

await withScenes(
  "many at once",
  (_, scene) => {
    const half = ["n1", "n2"];

    scene("half of the nodes lose the controller: the others reach them, and nothing is done", two, async (stage) => {
      const end = stage.auditor.begin("quiet", { name: "half of the nodes lose the controller" });
      await during(stage, network.cutManyFromController(half), async () => {
        await hold(6 * INTERVAL);
        await until(stage, "it is told of both", () =>
          stage.events("heartbeat.partial-partition").length >= 2 ? undefined : "it is not",
        );
      });
      await until(stage, "both are back", () => (stage.events("node.up").length >= 2 ? undefined : "they are not"));
      end();
    });

    scene("half of the nodes are cut off from everybody: their containers run elsewhere, once", two, async (stage) => {
      await during(stage, network.isolateMany(half), async () => {
        await stage.leaves("first", "n1");
        await stage.leaves("second", "n2");
      });
      await settle(stage, "the cut is healed", { withinMs: 120_000 });
      for (const name of ["first", "second"]) expect(["n3", "n4"]).toContain(stage.home(name));
    });

    scene("twenty containers of one node are killed at once: all run again, where they were", twenty, async (stage) => {
      await stage.lab.inside("n1", "docker kill $(docker ps -q) >/dev/null");
      const down = async (): Promise<string | undefined> => {
        const running = (await stage.lab.inside("n1", "docker ps -q")).split("\n").length - 1;
        return running === names.length ? undefined : `${String(running)} run`;
      };
      await until(stage, "all run again", down, { withinMs: 120_000 });
      expect(names.map((name) => stage.home(name))).toEqual(names.map(() => "n1"));
    });

    scene(
      "a node with twenty containers dies: all run elsewhere, spread, and none of the old ones is left when it is back",
      twenty,
      async (stage) => {
        const diedAt = now();
        await during(stage, powerLoss("n1"), async () => {
          for (const name of names) await stage.leaves(name, "n1", { withinMs: 180_000 });
          process.stderr.write(`twenty containers are elsewhere after ${((now() - diedAt) / 1000).toFixed(1)} s\n`);
        });
        await settle(stage, "the node is back", { withinMs: 180_000 });
        const homes = names.map((name) => stage.home(name));
        for (const node of ["n2", "n3", "n4"]) expect(homes.filter((home) => home === node).length).toBeGreaterThan(5);
      },
      { timeoutMs: 600_000 },
    );
  },
  { nodes: 4 },
);

function imageOf(args: string): object {
  return { args, build: "docker/app" };
}

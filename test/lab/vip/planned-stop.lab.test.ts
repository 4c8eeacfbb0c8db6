/** A daemon is stopped on purpose and leaves a lease that lasts; one on another machine takes over. */
import { expect } from "vitest";
import { otherDaemon, stopped } from "../../faults/controller.ts";
import { isolate, isolateMany } from "../../faults/network.ts";
import { during, hold, until } from "../../faults/stage.ts";
import type { Daemon } from "../../support/daemon.ts";
import { fast, type VipScene, withVipScenes } from "../../support/vip.ts";

/** As `lease.ts` waits after a lease's end. */
const marginMs = 5000;

await withVipScenes("the virtual IP after a planned stop", (lab, scene) => {
  const has = async (node: string, what: "an end" | "no end", { ip }: VipScene): Promise<void> => {
    const shown = `ip -o address show to ${ip}`;
    const life = what === "an end" ? /valid_lft \d+sec/ : /valid_lft forever/;
    await expect.poll(() => lab.inside(node, shown), { timeout: 60_000 }).toMatch(life);
  };
  const waitsFor = (daemon: Daemon, node: string): Promise<void> =>
    until({ daemon }, `it leads and waits for ${node}`, () =>
      daemon.events("vip.waiting").some(({ error }) => error?.startsWith(`${node} does not answer, and may`) === true)
        ? undefined
        : "no such event",
    );

  scene(
    "lease: another machine's daemon gives it to nobody while its holder is silent, and goes on with it there later",
    { mode: "lease", ...fast },
    async (stage) => {
      const other = otherDaemon(stage);
      await stopped(stage, stage.daemon);
      await has("n1", "no end", stage);
      try {
        await during(stage, isolate("n1"), async () => {
          await other.start();
          await waitsFor(other, "n1");
          await hold(fast.leaseMs + marginMs + 3 * fast.tickMs);
          expect(await stage.holders()).toEqual(["n1"]);
        });
        await has("n1", "an end", stage);
        await stopped(stage, other);
        await has("n1", "no end", stage);
      } finally {
        await other.kill();
      }
      await stage.daemon.start();
      await has("n1", "an end", stage);
      expect(await stage.holders()).toEqual(["n1"]);
    },
  );

  scene(
    "lease: what too few nodes would remember is not made to last, and it is told",
    { mode: "lease", ...fast },
    async (stage) => {
      await during(stage, isolateMany(["n2", "n3"]), async () => {
        await stopped(stage, stage.daemon);
        expect(stage.events("vip.lease-runs-out")).toMatchObject([{ node: "n1" }]);
        await stage.held([]);
      });
      await stage.daemon.start();
      await stage.held(["n1"], 60_000);
    },
  );
});

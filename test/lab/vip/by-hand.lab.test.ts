/** The virtual IP where nothing is broken: moved on purpose, meddled with by hand, and left alone by a daemon that goes. */
import { expect } from "vitest";
import { now } from "../../auditor/history.ts";
import { lostMs } from "../../auditor/vip/measures.ts";
import { addressAdded, addressRemoved, addressTaken } from "../../faults/addresses.ts";
import { daemonStopped } from "../../faults/controller.ts";
import { during, hold, until } from "../../faults/stage.ts";
import { pictl } from "../../support/cli.ts";
import { fast, type VipScene, withVipScenes } from "../../support/vip.ts";

await withVipScenes("the virtual IP", (lab, scene) => {
  const moved = async (stage: VipScene, to: string): Promise<void> => {
    const from = now();
    await stage.move(to);
    expect(await stage.holders()).toEqual([to]);
    await hold(2000);
    expect(lostMs(await stage.auditor.picture(), { from, to: now() })).toBeLessThan(1500);
  };
  const meddledWith = async (stage: VipScene, holder: string, other: string): Promise<void> => {
    await during(stage, addressRemoved(holder), () => stage.held([holder]));
    // What somebody else has given is told, and left alone; nobody gets the address anew meanwhile.
    await during(stage, addressAdded(other, 24), async () => {
      await until(stage, "it is told", () =>
        stage.events("vip.conflict").some(({ error }) => error?.startsWith(`${other} has `) === true)
          ? undefined
          : "no such event",
      );
      const refused = await pictl(["vip", "move", "n1"], { config: lab.status().config });
      expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining("which did not come from pictl")]);
      await hold(2 * fast.tickMs);
      expect((await stage.holders()).sort()).toEqual([holder, other]);
    });
    expect(await stage.holders()).toEqual([holder]);
  };
  /** A stop on purpose takes nothing down, and the next daemon goes on with what it finds. */
  const outlivesTheDaemon = async (stage: VipScene, holder: string): Promise<void> => {
    const end = stage.auditor.begin("quiet", { name: "the daemon is stopped and started" });
    await during(stage, daemonStopped, async () => {
      await hold(stage.settings.leaseMs + 3000);
      expect(await stage.holders()).toEqual([holder]);
    });
    await hold(3 * fast.tickMs);
    end();
    expect(await stage.holders()).toEqual([holder]);
  };
  for (const mode of ["lease", "static"] as const) {
    scene(
      `${mode}: moved, removed and added by hand, and kept while the daemon is away`,
      // A stranger's address is there for some seconds, in which a lease that ran out would not be given anew.
      { mode, ...fast, leaseMs: 10_000 },
      async (stage) => {
        await moved(stage, "n2");
        await meddledWith(stage, "n2", "n3");
        await outlivesTheDaemon(stage, "n2");
      },
    );
  }

  scene(
    "an address that a stranger answers for is given to nobody until he leaves",
    { mode: "lease", ...fast },
    (stage) =>
      during(stage, addressTaken(), async () => {
        await during(stage, addressRemoved("n1"), () =>
          until(stage, "it is told", () => (stage.events("vip.conflict").length > 0 ? undefined : "no such event")),
        );
        await hold(3 * fast.tickMs);
        expect(await stage.holders()).toEqual([]);
      }),
  );

  scene(
    "a holder whose cable is pulled out loses it, though SSH still reaches it",
    { mode: "lease", ...fast, devices: { n1: "spare" } },
    async (stage) => {
      await lab.inside("n1", "ip link set socket down");
      await stage.held(["n2"]);
    },
    () =>
      lab.inside("n1", "ip link add spare type veth peer name socket && ip link set spare up && ip link set socket up"),
  );
});

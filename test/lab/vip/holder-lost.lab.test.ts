/** The holder of the virtual IP is lost: dead, or cut off from the controller alone. */
import { expect } from "vitest";
import { now } from "../../auditor/history.ts";
import { takeoverMs } from "../../auditor/measures.ts";
import { recoveries } from "../../auditor/vip/measures.ts";
import { cutFromController, isolate } from "../../faults/network.ts";
import { powerLoss } from "../../faults/services.ts";
import { during, hold, until } from "../../faults/stage.ts";
import { fast, takeoverLimitMs, type VipScene, type VipSceneConfig, withVipScenes } from "../../support/vip.ts";

const lease: VipSceneConfig = { mode: "lease", ...fast };
const fixed: VipSceneConfig = { mode: "static", ...fast };

await withVipScenes("the virtual IP, its holder lost", (_, scene) => {
  const dies = async (stage: VipScene): Promise<void> => {
    const diedAt = now();
    await during(stage, powerLoss("n1"), async () => {
      await stage.held(["n2"]);
      const picture = await stage.auditor.picture();
      expect(takeoverMs(picture, diedAt, "n1")).toBeLessThan(takeoverLimitMs(stage.settings));
    });
    expect(await stage.holders()).toEqual(["n2"]);
    expect(Math.max(...recoveries(await stage.auditor.picture()))).toBeLessThan(2000);
  };
  scene("lease: its node dies, another serves in time and goes on when it is back", lease, dies);
  scene("static: its node dies, another serves in time and goes on when it is back", fixed, dies);

  scene(
    "lease: cut off from the controller only, it has lost the address before another has it",
    lease,
    async (stage) => {
      await during(stage, cutFromController("n1"), () => stage.held(["n2"]));
    },
  );

  scene(
    "static: /run/pictl is cleared before it is cut off, and it gives the address up when it is back",
    fixed,
    async (stage) => {
      await stage.lab.inside("n1", "rm -r /run/pictl");
      await during(stage, isolate("n1"), () => stage.held(["n1", "n2"]));
      await stage.held(["n2"]);
    },
  );

  scene("static: cut off from the controller only, it goes on serving", fixed, async (stage) => {
    const end = stage.auditor.begin("quiet", { name: "cut off from the controller" });
    await during(stage, cutFromController("n1"), async () => {
      await until(stage, "it is told", () =>
        stage.events("vip.holder-unmanaged").length > 0 ? undefined : "no such event",
      );
      await hold(3 * fast.tickMs);
    });
    await hold(2 * fast.tickMs);
    end();
    expect(await stage.holders()).toEqual(["n1"]);
  });
});

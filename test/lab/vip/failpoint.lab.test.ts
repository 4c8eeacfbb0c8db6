/**
 * Cut between the decision to grant and the grant, which random cuts do not hit: the grant arrives when the line heals,
 * and by then somebody else could have the address.
 */
import { expect } from "vitest";
import { cutBeforeGrant, lateGrant } from "../../faults/network.ts";
import { during, hold } from "../../faults/stage.ts";
import { fast, withVipScenes } from "../../support/vip.ts";

await withVipScenes("the virtual IP, cut before a grant", (_, scene) => {
  scene(
    "a grant that was sent into a cut line is refused for being late when it arrives",
    { mode: "lease", ...fast, failpoint: true },
    async (stage) => {
      await during(stage, cutBeforeGrant("n1", "stands still"), async () => {
        await hold(fast.leaseMs);
        await stage.held([]);
      });
      expect(await lateGrant(stage, "n1")).toBe("180\n");
    },
  );
});

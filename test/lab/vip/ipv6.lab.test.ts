/** An IPv6 virtual IP, with a client that would believe a dead holder's hardware address for an hour. */
import { writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { now } from "../../auditor/history.ts";
import { takeoverMs } from "../../auditor/measures.ts";
import { grants, recoveries } from "../../auditor/vip/measures.ts";
import { cutFromController } from "../../faults/network.ts";
import { powerLoss } from "../../faults/services.ts";
import { during, hold, until } from "../../faults/stage.ts";
import { auditLab } from "../../support/audit.ts";
import { fast, takeoverLimitMs, withVipScenes } from "../../support/vip.ts";

const ip = "fd77::10";

await withVipScenes("an IPv6 virtual IP", (lab, scene) => {
  test("the auditor tells of two holders and of two answers, and of no address that is tentative", async () => {
    writeFileSync(lab.status().config, JSON.stringify({ vip_ip: ip }));
    const auditor = await auditLab(lab, { vip: true });
    const vip = { mode: "lease", twoHoldersMs: 0, leaseSeconds: 60 } as const;
    const told = () => auditor.verdict({ cluster: lab.name, twoCopiesMs: 0, misplacedMs: 0, vip });
    const set = (how: string): string => `ip address add ${ip}/128 dev eth0 ${how}`;
    try {
      await lab.inside("n1", set("valid_lft 60 preferred_lft 0 nodad"));
      await lab.inside("n2", `${set("")}; until ip -o address show to ${ip} | grep -q dadfailed; do sleep 0.1; done`);
      expect(await told()).toEqual([]);
      await lab.inside("n2", `ip address del ${ip}/128 dev eth0; ${set("valid_lft 60 preferred_lft 0 nodad")}`);
      await expect
        .poll(told, { timeout: 10_000 })
        .toEqual(
          expect.arrayContaining([
            expect.stringContaining("two-holders: n1 and n2 both had the virtual address"),
            expect.stringContaining("two-answers: 02:4c:"),
          ]),
        );
    } finally {
      await auditor.stop();
    }
  });

  scene(
    "lease: its node dies and it is moved; the client reaches whoever has it, since that is announced",
    { mode: "lease", ...fast, ip },
    async (stage) => {
      // For more than a second: what serves for less does not count as a recovery.
      const serves = async (node: string): Promise<void> => {
        await until(stage, `${node} serves`, async () => {
          const { entries } = await stage.auditor.picture();
          const last = entries.filter((entry) => entry.kind === "probe").at(-1);
          return last?.ok === true && last.by === node ? undefined : "the client has no answer of it";
        });
        await hold(1500);
      };
      await serves("n1");
      const diedAt = now();
      await during(stage, powerLoss("n1"), () => serves("n2"));
      await stage.move("n3");
      await serves("n3");
      const picture = await stage.auditor.picture();
      expect(takeoverMs(picture, diedAt, "n1")).toBeLessThan(takeoverLimitMs(stage.settings));
      expect(grants(picture).map(({ node }) => node)).toEqual(["n1", "n2", "n3"]);
      const recovered = recoveries(picture);
      expect(recovered).toHaveLength(3);
      // The client may begin later than the scene. Without an announcement, it goes on believing what it heard before.
      expect(Math.max(...recovered.slice(1))).toBeLessThan(1000);
    },
  );

  scene(
    "static: nobody takes it from a holder that still answers for it, and another has it when nobody does",
    { mode: "static", ...fast, ip },
    async (stage) => {
      await during(stage, cutFromController("n1"), () =>
        until(stage, "it is told", () =>
          stage.events("vip.holder-unmanaged").length > 0 ? undefined : "no such event",
        ),
      );
      expect(await stage.holders()).toEqual(["n1"]);
      await during(stage, powerLoss("n1"), () => stage.held(["n2"]));
    },
  );
});

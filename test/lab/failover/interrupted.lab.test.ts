/** Failover that is disturbed in the middle: the daemon dies, the config changes, somebody else moves the container. */
import { readFileSync } from "node:fs";
import { expect } from "vitest";
import { portDropped } from "../../faults/containers.ts";
import { configBroken, editConfig } from "../../faults/config.ts";
import { daemonKilled, daemonPaused, daemonStopped } from "../../faults/controller.ts";
import { during, hold, settle, until } from "../../faults/stage.ts";
import { pictl } from "../../support/cli.ts";
import { INTERVAL, oneApp, type Scene, withScenes } from "../../support/failover.ts";

await withScenes("a failover", (lab, scene) => {
  const begun = (stage: Scene): Promise<void> =>
    until(stage, "a move begins", () => (stage.journal().length > 0 ? undefined : "none has"));

  scene("whose daemon is killed is finished or undone by the next", oneApp, async (stage) => {
    await during(stage, portDropped("n1", 8080), async () => {
      await begun(stage);
      await during(stage, daemonKilled, () => Promise.resolve());
      await stage.leaves("app", "n1");
    });
    await settle(stage, "after the kill");
    const end = stage.auditor.begin("quiet", { name: "a daemon that stood still, and one that leaves, do nothing" });
    await during(stage, daemonPaused, () => hold(3 * INTERVAL));
    await until(stage, "it knows", () => (stage.events("heartbeat.restarted").length > 0 ? undefined : "it does not"));
    await during(stage, daemonStopped, () => Promise.resolve());
    end();
  });

  scene("keeps what somebody writes into the config meanwhile", oneApp, async (stage) => {
    const mark = '"automatic_heartbeat":    "enabled"';
    await during(stage, portDropped("n1", 8080), async () => {
      await begun(stage);
      editConfig(stage, (text) => text.replace('"automatic_heartbeat": "enabled"', mark));
      await stage.leaves("app", "n1");
    });
    expect(readFileSync(lab.status().config, "utf8")).toContain(mark);
  });

  scene("outlives a config that is broken meanwhile, and never overwrites it", oneApp, async (stage) => {
    await during(stage, portDropped("n1", 8080), async () => {
      await begun(stage);
      await during(stage, configBroken, async () => {
        const broken = readFileSync(lab.status().config, "utf8");
        await until(stage, "it is refused", () =>
          stage.events("config.refused").length > 0 ? undefined : "that was not told",
        );
        await hold(2 * INTERVAL);
        expect(readFileSync(lab.status().config, "utf8")).toBe(broken);
      });
    });
  });

  scene(
    "and a move by hand of the same container end with one of them",
    { ...oneApp, constraints: ["app,n1,n2"] },
    async (stage) => {
      await during(stage, portDropped("n1", 8080), async () => {
        await begun(stage);
        const moved = await pictl(["move", "app", "n3"], { config: lab.status().config });
        // Moved, or refused: the daemon is at it, or has been there before.
        expect(`${String(moved.code)} ${moved.stderr}`).toMatch(/^0|^[124] [^]*(lock|being moved|already)/);
        await stage.leaves("app", "n1");
      });
    },
  );
});

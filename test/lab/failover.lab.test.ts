/**
 * The heartbeat and failover of `pictl daemon` on real nodes with real faults. After each, the auditor says whether
 * anything happened that must not; it shares no code with pictl.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { now } from "../auditor/history.ts";
import { containerKilled, portClosed, portDropped } from "../faults/containers.ts";
import { configBroken, editConfig } from "../faults/config.ts";
import { daemonKilled, daemonPaused, daemonStopped } from "../faults/controller.ts";
import { isolate } from "../faults/network.ts";
import { powerLoss } from "../faults/services.ts";
import { during, settle, until } from "../faults/stage.ts";
import {
  INTERVAL,
  lastDowntimeMs,
  oneApp,
  openScene,
  provideImage,
  type Scene,
  type SceneConfig,
} from "../support/failover.ts";
import { labObstacle, withLab } from "../support/lab.ts";

const obstacle = await labObstacle();

describe.skipIf(obstacle !== undefined)("failover", () => {
  const lab = withLab({ nodes: 3 });

  beforeAll(() => provideImage(lab, "app"));

  /** A test with a lab as new, which ends with everything settled and nothing for the auditor to tell. */
  function scene(name: string, config: SceneConfig, play: (scene: Scene) => Promise<void>): void {
    test(name, async () => {
      const stage = await openScene(lab, config);
      try {
        await play(stage);
        await settle(stage, name);
        expect(await stage.auditor.verdict(stage.limits)).toEqual([]);
      } finally {
        await stage.end();
      }
    });
  }

  const movedFrom = (stage: Scene, node: string): Promise<void> =>
    until(stage, `app leaves ${node}`, () => (stage.home("app") === node ? `it is on ${node}` : undefined));

  /** Moves under way, as pictl's journal has them. */
  const journal = (stage: Scene): string[] => {
    try {
      return readdirSync(join(stage.lab.status().dir, "state", "moves"));
    } catch {
      return [];
    }
  };

  scene("a killed container is started where it is, within two intervals", oneApp, async (stage) => {
    await during(stage, containerKilled("n1", "app"), async () => {
      await until(stage, "app runs again", async () => {
        const running = await lab.inside("n1", "docker ps -q --filter name=app");
        return running === "" ? "it does not" : undefined;
      });
    });
    expect(await lastDowntimeMs(stage.auditor, "app")).toBeLessThan(2 * INTERVAL + 2000);
    expect(stage.home("app")).toBe("n1");
  });

  scene(
    "an application that closes its port is restarted, and moved when that does not help",
    oneApp,
    async (stage) => {
      await during(stage, portClosed("n1", "app"), () =>
        until(stage, "app was restarted", () =>
          stage.events("container.restarted").length > 0 ? undefined : "it was not",
        ),
      );
      expect(stage.home("app")).toBe("n1");
      await during(stage, portDropped("n1", 8080), () => movedFrom(stage, "n1"));
    },
  );

  scene(
    "a node dies: its container runs elsewhere in time, and what it brings back is cleaned up",
    oneApp,
    async (stage) => {
      const diedAt = now();
      await during(stage, powerLoss("n1"), async () => {
        await movedFrom(stage, "n1");
        expect(now() - diedAt).toBeLessThan(3 * INTERVAL + 5000 + 5000);
      });
    },
  );

  scene("a node is cut off with its container running: one copy is left when it is back", oneApp, async (stage) => {
    await during(stage, isolate("n1"), () => movedFrom(stage, "n1"));
  });

  scene("the daemon is killed while it moves a container, stands still, and is stopped", oneApp, async (stage) => {
    await during(stage, portDropped("n1", 8080), async () => {
      await until(stage, "a move begins", () => (journal(stage).length > 0 ? undefined : "none has"));
      await during(stage, daemonKilled, () => Promise.resolve());
      await movedFrom(stage, "n1");
    });
    await settle(stage, "after the kill");
    const end = stage.auditor.begin("quiet", { name: "a daemon that stood still does nothing but go on" });
    await during(stage, daemonPaused, () => new Promise((resolve) => setTimeout(resolve, 3 * INTERVAL)));
    await until(stage, "it knows", () => (stage.events("heartbeat.restarted").length > 0 ? undefined : "it does not"));
    await during(stage, daemonStopped, () => Promise.resolve());
    end();
  });

  scene("the config is broken by hand, and edited, while a container is moved", oneApp, async (stage) => {
    await during(stage, configBroken, async () => {
      await until(stage, "it is refused", () => (stage.events("config.refused").length > 0 ? undefined : "it is not"));
    });
    editConfig(stage, (text) =>
      text.replace(
        '"automatic_heartbeat": "enabled"',
        '"automatic_heartbeat": "enabled",  "failover_policy": "spread"',
      ),
    );
    await during(stage, portDropped("n1", 8080), () => movedFrom(stage, "n1"));
    expect(readFileSync(lab.status().config, "utf8")).toContain(
      '"automatic_heartbeat": "enabled",  "failover_policy": "spread"',
    );
  });
});

/**
 * The heartbeat and failover of `pictl daemon` on real nodes with real faults: what has to be started again, and what
 * has to move. After each, the auditor says whether anything happened that must not; it shares no code with pictl.
 */
import { expect } from "vitest";
import { containerKilled, portClosed, portDropped } from "../../faults/containers.ts";
import { isolate } from "../../faults/network.ts";
import { powerLoss } from "../../faults/services.ts";
import { during, until } from "../../faults/stage.ts";
import { oneApp, withScenes } from "../../support/failover.ts";

await withScenes("failover", (lab, scene) => {
  scene("a killed container is started where it is", oneApp, async (stage) => {
    await during(stage, containerKilled("n1", "app"), async () => {
      await until(stage, "app runs again", async () => {
        const running = await lab.inside("n1", "docker ps -q --filter name='^/app$'");
        return running === "" ? "it does not" : undefined;
      });
    });
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
      await during(stage, portDropped("n1", 8080), () => stage.leaves("app", "n1"));
    },
  );

  const comesBack = {
    ...oneApp,
    layout: [{ app: "-p 8080:80 --restart always", other: { build: "docker/app" } }, {}, {}],
    constraints: ["app,n1,n2,n3", "other,n1,n2,n3"],
    more: { failover_policy: "spread" },
  };
  scene("a node dies: its containers run elsewhere; what it brings back is cleaned up", comesBack, async (stage) => {
    expect(await lab.inside("n1", "docker inspect -f '{{.HostConfig.RestartPolicy.Name}}' app")).toBe("no\n");
    // As one that was made before pictl knew that it may move.
    await lab.inside("n1", "docker update --restart always other");
    await during(stage, powerLoss("n1"), async () => {
      await stage.leaves("app", "n1");
      await stage.leaves("other", "n1");
    });
  });

  scene("a node is cut off with its container running: one copy is left when it is back", oneApp, async (stage) => {
    await during(stage, isolate("n1"), () => stage.leaves("app", "n1"));
  });
});

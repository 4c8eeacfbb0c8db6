/** Failover whose first choice of a host cannot take the container: the old copy is never lost. */
import { expect } from "vitest";
import { diskFull, portDropped, portTaken, portTakenByStranger } from "../../faults/containers.ts";
import { powerLoss } from "../../faults/services.ts";
import { during, hold, until } from "../../faults/stage.ts";
import DaemonStatus from "../../../commands/daemon/status.ts";
import { runCommand } from "../../support/command.ts";
import { INTERVAL, type SceneConfig, withScenes } from "../../support/failover.ts";

/** `spread` prefers n2, where nothing is, to n3. */
const crowded: SceneConfig = {
  layout: [
    { app: "-p 8080:80", fussy: "-p 8081:80" },
    {},
    { resident: { build: "docker/app" }, lodger: { build: "docker/app" }, guest: { build: "docker/app" } },
  ],
  hb: [{ app: "8080", fussy: "8081" }, {}, {}],
  constraints: ["app,n1,n2,n3", "fussy,n1,n2,n3"],
  more: { failover_policy: "spread" },
};

await withScenes("a host that will not do", (lab, scene) => {
  scene(
    "has the port taken: the next one takes the container; what it could not build, it is given",
    crowded,
    async (stage) => {
      await during(stage, portTaken("n2", 8080), () =>
        during(stage, powerLoss("n1"), async () => {
          await stage.leaves("app", "n1");
          await stage.leaves("fussy", "n1");
          expect([stage.home("app"), stage.home("fussy")]).toEqual(["n3", "n2"]);
        }),
      );
    },
  );

  scene("has a full disk: the container goes back to where it was, or on to the next", crowded, async (stage) => {
    await during(stage, diskFull("n2", 48), () =>
      during(stage, portDropped("n1", 8080), async () => {
        await stage.leaves("app", "n1");
        expect(stage.home("app")).toBe("n3");
      }),
    );
  });

  scene(
    "has a stranger on the port, who is left alone; nobody else is there, so it stays and is tried again",
    {
      ...crowded,
      constraints: ["app,n1,n2"],
      layout: [{ app: "-p 8080:80" }, { other: { build: "docker/app" } }, {}],
      hb: [{ app: "8080" }, {}, {}],
    },
    async (stage) => {
      await lab.inside("n2", "docker tag other app");
      await during(stage, portTakenByStranger("n2", 8080), () =>
        during(stage, portDropped("n1", 8080), () =>
          until(stage, "no host takes it", () =>
            stage.events("container.failover-failed").length > 0 ? undefined : "that was not told",
          ),
        ),
      );
      expect(stage.home("app")).toBe("n1");
    },
  );

  scene(
    "is every host, since the application itself is broken: it ends where it was, and is not started in a hot loop",
    {
      layout: [{ crash: "-p 8080:80" }, {}, {}],
      hb: [{ crash: "8080" }, {}, {}],
      constraints: ["crash,n1,n2,n3"],
      notCreated: true,
    },
    async (stage) => {
      await until(stage, "no host takes it", () =>
        stage.events("container.failover-failed").length > 0 ? undefined : "that was not told",
      );
      // Written down when the round has ended; what is tried next on its own node may be told ahead of it.
      const status = async (): Promise<string> => (await runCommand(DaemonStatus, [], lab.status().config)).stdout;
      await expect
        .poll(status, { timeout: 30_000, interval: 500 })
        .toMatch(/crash@n1: .*failing over was in vain: n[23]: crash was not moved to n[23],/);
      const from = (await stage.auditor.picture()).end;
      await hold(6 * INTERVAL);
      const { entries } = await stage.auditor.picture();
      const starts = entries.filter((entry) => entry.kind === "docker" && entry.action === "start" && entry.at > from);
      expect(starts.length).toBeLessThanOrEqual(3);
      expect(stage.home("crash")).toBe("n1");
    },
    { settled: false },
  );
});

/** `pictl daemon` that is killed at every step of a failover, or stands still for a minute, on real nodes. */
import { readFileSync } from "node:fs";
import { expect } from "vitest";
import { portDropped } from "../../faults/containers.ts";
import { daemonKilled, daemonPaused } from "../../faults/controller.ts";
import { powerLoss } from "../../faults/services.ts";
import { during, type Fault, hold, until } from "../../faults/stage.ts";
import { pictl } from "../../support/cli.ts";
import { INTERVAL, oneApp, type Scene, withScenes } from "../../support/failover.ts";

const MINUTE = 60_000;
/** Of a failover, in their order; `config`: the config names the new node, and the journal does not know it yet. */
const steps = ["begun", "switching", "config", "written", "none"] as const;
type Step = (typeof steps)[number];

await withScenes("a daemon", (lab, scene) => {
  const reaches = (stage: Scene, step: Step): Promise<void> => {
    if (step !== "config") return stage.reaches("app", step);
    const path = lab.status().config;
    const before = readFileSync(path, "utf8");
    const problem = (): string | undefined => (readFileSync(path, "utf8") === before ? "it does not" : undefined);
    return until(stage, "the config names the new node", problem, { everyMs: 1 });
  };

  const reasons: readonly (readonly [Fault, readonly Step[]])[] = [
    [portDropped("n1", 8080), steps],
    // It ends when the node is back.
    [powerLoss("n1"), steps.slice(0, -1)],
  ];
  for (const [fault, step] of reasons.flatMap(([each, list]) => list.map((step) => [each, step] as const))) {
    scene(`is killed at "${step}" of a failover, which the next one ends (${fault.name})`, oneApp, async (stage) => {
      await during(stage, fault, async () => {
        if (step === "none") await stage.reaches("app", "written");
        await reaches(stage, step);
        await during(stage, daemonKilled, () => Promise.resolve());
        await stage.leaves("app", "n1");
      });
    });
  }

  scene(
    "stands still for a minute in the middle of a failover: nobody else moves that container, and it ends with one copy",
    oneApp,
    async (stage) => {
      await during(stage, portDropped("n1", 8080), async () => {
        await stage.reaches("app", "switching");
        await during(stage, daemonPaused, async () => {
          const moved = await pictl(["move", "app", "n3"], { config: lab.status().config });
          expect([moved.code, moved.stderr]).toEqual([4, expect.stringContaining("is being moved by")]);
          await hold(MINUTE);
        });
        await stage.leaves("app", "n1", { withinMs: 90_000 });
      });
    },
    { timeoutMs: 300_000 },
  );

  scene(
    "stands still for a minute: a node that died meanwhile is counted from then on",
    oneApp,
    async (stage) => {
      await during(stage, daemonPaused, async () => {
        await during(stage, powerLoss("n2"), () => hold(MINUTE / 2));
        await hold(MINUTE / 2);
      });
      const end = stage.auditor.begin("quiet", { name: "all is well again when it goes on" });
      await until(stage, "it knows", () =>
        stage.events("heartbeat.restarted").length > 0 ? undefined : "it does not",
      );
      await hold(3 * INTERVAL);
      end();
      await during(stage, powerLoss("n1"), async () => {
        await during(stage, daemonPaused, () => hold(MINUTE));
        await stage.leaves("app", "n1");
      });
    },
    { timeoutMs: 400_000 },
  );
});

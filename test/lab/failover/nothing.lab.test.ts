/** When `pictl daemon` must do nothing: it is blind, or what it sees proves nothing. */
import { portDropped } from "../../faults/containers.ts";
import * as network from "../../faults/network.ts";
import { hung, killed, stopped } from "../../faults/services.ts";
import { during, type Fault, hold, settle, until } from "../../faults/stage.ts";
import { INTERVAL, oneApp, type Scene, withScenes } from "../../support/failover.ts";

/** Long enough for three failed heartbeats and the beginning of a move. */
const LONG = 5 * INTERVAL;

await withScenes("nothing is done", (_, scene) => {
  /** While the fault lasts, which one event tells, and until another one tells that it is over. */
  const quiet = async (stage: Scene, fault: Fault, event: string, over: string): Promise<void> => {
    const before = stage.events(event).length;
    const overBefore = stage.events(over).length;
    const end = stage.auditor.begin("quiet", { name: fault.name });
    await during(stage, fault, async () => {
      await hold(LONG);
      await until(stage, event, () => (stage.events(event).length > before ? undefined : "no such event"));
    });
    await until(stage, over, () => (stage.events(over).length > overBefore ? undefined : "no such event"));
    await settle(stage, fault.name);
    end();
  };

  scene("to a node that only the controller cannot reach", oneApp, async (stage) => {
    await quiet(stage, network.muteToController("n1"), "heartbeat.partial-partition", "node.up");
    await quiet(stage, network.deafToController("n1"), "heartbeat.partial-partition", "node.up");
    await quiet(stage, hung("n1", "sshd"), "node.silent", "node.up");
  });

  scene("by a controller that is cut off, and by one that loses more than half at once", oneApp, async (stage) => {
    await quiet(stage, network.isolateController, "controller.isolated", "controller.rejoined");
    await quiet(stage, network.cutManyFromController(["n1", "n2"]), "controller.isolated", "controller.rejoined");
  });

  scene(
    "where Docker is silent: a container there can be neither restarted nor seen to be stopped",
    oneApp,
    async (stage) => {
      await during(stage, portDropped("n1", 8080), async () => {
        const end = stage.auditor.begin("quiet", { name: "n1: dockerd hangs and the port is dropped" });
        await during(stage, hung("n1", "dockerd"), () => hold(LONG));
        end();
      });
      await settle(stage, "after dockerd hung");
      await during(stage, killed("n1", "dockerd"), () => hold(INTERVAL));
      await settle(stage, "after dockerd was killed");
      await during(stage, stopped("n1", "dockerd"), () =>
        until(stage, "it is told", () =>
          stage.events("heartbeat.docker-silent").length > 0 ? undefined : "no such event",
        ),
      );
    },
  );
});

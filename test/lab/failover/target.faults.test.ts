/** The node that a container is being moved to falls silent in the middle of it, the old one being alive. */
import { portDropped } from "../../faults/containers.ts";
import { cutFromController, deafToController, muteToController } from "../../faults/network.ts";
import { hung } from "../../faults/services.ts";
import { during, hold } from "../../faults/stage.ts";
import { INTERVAL, oneApp, withScenes } from "../../support/failover.ts";

await withScenes("the target of a failover", (_, scene) => {
  for (const fault of [
    hung("n2", "dockerd"),
    cutFromController("n2"),
    muteToController("n2"),
    deafToController("n2"),
  ]) {
    for (const step of ["begun", "switching"] as const) {
      scene(`falls silent at "${step}": ${fault.name}; there is one copy in the end`, oneApp, async (stage) => {
        await during(stage, portDropped("n1", 8080), async () => {
          await stage.reaches("app", step);
          await during(stage, fault, () => hold(8 * INTERVAL));
          await stage.leaves("app", "n1", { withinMs: 120_000 });
        });
      });
    }
  }
});

/** A layout that somebody changes by hand, and changes back before the daemon has done all that follows from it. */
import { rmSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { editConfig } from "../../faults/config.ts";
import { during, type Fault, until } from "../../faults/stage.ts";
import { pictl } from "../../support/cli.ts";
import { oneApp, type Scene, withScenes } from "../../support/failover.ts";

await withScenes("a layout that is edited and edited back", (lab, scene) => {
  const watched = { ...oneApp, hb: [] };
  const idOn = async (node: string): Promise<string> =>
    lab.inside(node, "docker ps -q --no-trunc --filter name='^/app$'");

  /** Changed back when a newer copy is on n2; then another daemon begins, which knows what is left of the `state`. */
  const changedTwice = (loseState: () => void): Fault => ({
    name: "the layout is changed twice",
    blocks: ["controller"],
    inject: async (stage) => {
      editConfig(stage, swapped);
      const here = async (): Promise<string | undefined> => ((await idOn("n2")) === "" ? "it does not" : undefined);
      await until(stage, "app runs on n2", here, { everyMs: 20 });
      await stage.daemon.kill();
      editConfig(stage, swapped);
      loseState();
      await stage.daemon.start();
    },
    heal: () => Promise.resolve(),
  });
  const tellsOfN2 = (stage: Scene, type: string): Promise<void> =>
    until(stage, type, () => (stage.events(type).some(({ node }) => node === "n2") ? undefined : "it is not told"));

  scene("ends with the copy that it had in the beginning, which is not touched", watched, async (stage) => {
    const before = await idOn("n1");
    const keepState = (): void => undefined;
    await during(stage, changedTwice(keepState), () => tellsOfN2(stage, "container.cleaned-up"));
    expect(await idOn("n1")).toBe(before);
  });

  scene("by who knows nothing of that keeps both, and says what to do", watched, async (stage) => {
    const { config, dir } = lab.status();
    const loseState = (): void => {
      rmSync(join(dir, "state", `generations-${lab.name}.json`));
    };
    await during(stage, changedTwice(loseState), async () => {
      await tellsOfN2(stage, "heartbeat.unknown-copy");
      const status = await pictl(["status"], { config });
      expect(status).toMatchObject({ code: 1, stderr: expect.stringContaining("app@n2") as string });
      const [, advised = ""] = /`pictl exec --node n2 "(.*)"`/.exec(status.stderr) ?? [];
      expect(await pictl(["exec", "--node", "n2", advised], { config })).toMatchObject({ code: 0 });
      expect(await pictl(["status"], { config })).toMatchObject({ code: 0 });
    });
  });
});

/** The first two nodes change their rows. */
function swapped(text: string): string {
  const config = JSON.parse(text) as { layout: { node: string }[] };
  const [one, other] = config.layout;
  if (one && other) [one.node, other.node] = [other.node, one.node];
  return `${JSON.stringify(config, null, 2)}\n`;
}

/** A layout that says something else than what runs where: edited by hand, or taken from an older copy of the file. */
import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { otherDaemon } from "../../faults/controller.ts";
import { editConfig } from "../../faults/config.ts";
import { powerLoss } from "../../faults/services.ts";
import { during, type Fault, hold, until } from "../../faults/stage.ts";
import { pictl } from "../../support/cli.ts";
import type { Daemon } from "../../support/daemon.ts";
import { INTERVAL, oneApp, type Scene, withScenes } from "../../support/failover.ts";

await withScenes("a layout that is not what runs", (lab, scene) => {
  const watched = { ...oneApp, hb: [] };
  const all = (node: string): Promise<string> => lab.inside(node, "docker ps -aq --no-trunc --filter name='^/app$'");
  const told = (stage: Scene, type: string, on: string): Promise<void> =>
    until(stage, type, () => (stage.events(type).some(({ node }) => node === on) ? undefined : "it is not told"));

  scene(
    "edited by hand: the container runs on where it is, and whoever asks is told of a move",
    watched,
    async (stage) => {
      const { config } = lab.status();
      const before = await all("n1");
      const swap: Fault = {
        name: "the layout is changed by hand",
        blocks: [],
        inject: (to) => {
          editConfig(to, swapped);
          return Promise.resolve();
        },
        heal: (to) => {
          editConfig(to, swapped);
          return Promise.resolve();
        },
      };
      await during(stage, swap, async () => {
        await told(stage, "heartbeat.runs-elsewhere", "n2");
        const create = await pictl(["create", "app"], { config });
        expect(create).toMatchObject({ code: 1, stderr: expect.stringContaining("`pictl move app n2`") as string });
        const status = await pictl(["status", "app"], { config });
        expect([status.code, status.stdout]).toEqual([1, expect.stringMatching(/^app +n1 .*stray/m)]);
        expect(status.stderr).not.toMatch(/docker rm|removes it now/);
        expect([await all("n1"), await all("n2")]).toEqual([before, ""]);
      });
      expect(await pictl(["status", "app"], { config })).toMatchObject({ code: 0 });
      expect(await all("n1")).toBe(before);
    },
  );

  scene(
    "older than what runs, on a machine that knows nothing of it: nothing is started or removed",
    watched,
    async (stage) => {
      const { config, dir } = lab.status();
      const older = readFileSync(config, "utf8");
      let newer = older;
      const checkout: Fault = {
        name: "the config is checked out from before a move",
        blocks: ["controller"],
        inject: async (to) => {
          await to.daemon.kill();
          const moved = await pictl(["move", "app", "n2", "--yes"], { config });
          expect(moved.code, moved.stderr).toBe(0);
          newer = readFileSync(config, "utf8");
          put(config, older);
          rmSync(join(dir, "state", `generations-${lab.name}.json`));
          await to.daemon.start();
        },
        heal: () => {
          put(config, newer);
          return Promise.resolve();
        },
      };
      await during(stage, checkout, async () => {
        const running = await all("n2");
        await told(stage, "heartbeat.runs-elsewhere", "n1");
        for (const command of [["create"], ["create", "app", "--recreate"]]) {
          const refused = await pictl(command, { config });
          expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining("seems to be an older one")]);
        }
        const shown = await pictl(["status", "--json"], { config });
        const { failures } = JSON.parse(shown.stdout) as { failures: { node: string; hint: string }[] };
        for (const node of ["n1", "n2"]) {
          expect(failures.find((each) => each.node === node)?.hint).toContain("seems to be an older one");
        }
        expect([await all("n1"), await all("n2")]).toEqual(["", running]);
        expect((await pictl(["logs", "app@n2"], { config })).code).toBe(0);
      });
      expect(await pictl(["status", "app"], { config })).toMatchObject({ code: 0 });
    },
  );

  /** A daemon on another machine, with a config and a state folder of its own. */
  async function another(stage: Scene): Promise<{ readonly daemon: Daemon; readonly config: string }> {
    const { dir } = lab.status();
    rmSync(join(dir, "state-second"), { recursive: true, force: true });
    const daemon = otherDaemon(stage);
    await daemon.start();
    return { daemon, config: join(dir, "second.json") };
  }

  scene("that of a second machine, which does not know of a failover, and takes over", oneApp, async (stage) => {
    const { daemon: other, config: theirs } = await another(stage);
    try {
      await during(stage, powerLoss("n1"), () => stage.leaves("app", "n1"));
      const home = stage.home("app") ?? "";
      await until(stage, "the old copy is gone", async () => ((await all("n1")) === "" ? undefined : "it is there"));
      const running = await all(home);
      const dead: Fault = {
        name: "the machine that led is gone",
        blocks: ["controller"],
        inject: (to) => to.daemon.kill(),
        heal: (to) => to.daemon.start(),
      };
      await during(stage, dead, async () => {
        await until(stage, "the other one leads", () =>
          other.events("daemon.leads").length > 0 ? undefined : "it does not",
        );
        await until(stage, "it knows", () =>
          other.events("config.caught-up").length > 0 ? undefined : "its config is as before",
        );
        await hold(3 * INTERVAL);
        expect([readFileSync(theirs, "utf8").includes('"app"'), await all("n1"), await all(home)]).toEqual([
          true,
          "",
          running,
        ]);
      });
    } finally {
      await other.kill();
    }
  });

  scene(
    "that of a daemon which stands still in the middle of a failover, until another one has made it",
    oneApp,
    async (stage) => {
      const { daemon: other, config: theirs } = await another(stage);
      const still: Fault = {
        name: "the daemon that leads stands still in the middle of a failover",
        blocks: ["controller"],
        inject: async (to) => {
          await stage.reaches("app", "begun");
          to.daemon.signal("SIGSTOP");
        },
        heal: (to) => {
          to.daemon.signal("SIGCONT");
          return Promise.resolve();
        },
      };
      const homes = async (): Promise<string[]> => {
        const found = await Promise.all(["n2", "n3"].map(async (node) => ((await all(node)) === "" ? [] : [node])));
        return found.flat();
      };
      try {
        await during(stage, powerLoss("n1"), async () => {
          await during(stage, still, async () => {
            await until(stage, "the other one leads", () =>
              other.events("daemon.leads").length > 0 ? undefined : "it does not",
            );
            await until(stage, "the other one has moved it", () =>
              other.events("container.failed-over").length > 0
                ? undefined
                : other.log().split("\n").slice(-5).join("\n"),
            );
          });
          // All that it was about to do is refused by the nodes: it does not lead any more.
          await hold(6 * INTERVAL);
          const { layout } = JSON.parse(readFileSync(theirs, "utf8")) as { layout: { node: string; app?: unknown }[] };
          expect(await homes()).toEqual(layout.flatMap(({ node, app }) => (app === undefined ? [] : [node])));
          expect(stage.events("container.failed-over")).toEqual([]);
        });
      } finally {
        await other.kill();
      }
    },
  );
});

/** In one step, as git and editors do: the auditor looks at the file all the time. */
function put(path: string, text: string): void {
  writeFileSync(`${path}.new`, text, { mode: 0o600 });
  renameSync(`${path}.new`, path);
}

/** The first two nodes change their rows. */
function swapped(text: string): string {
  const config = JSON.parse(text) as { layout: { node: string }[] };
  const [one, other] = config.layout;
  if (one && other) [one.node, other.node] = [other.node, one.node];
  return `${JSON.stringify(config, null, 2)}\n`;
}

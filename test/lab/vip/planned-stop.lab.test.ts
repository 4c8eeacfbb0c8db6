/** A daemon is stopped on purpose and leaves a lease that lasts; one on another machine takes over. */
import { execFileSync } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { otherDaemon, stopped } from "../../faults/controller.ts";
import { isolate, isolateMany } from "../../faults/network.ts";
import { during, hold, until } from "../../faults/stage.ts";
import { pictl } from "../../support/cli.ts";
import type { Daemon } from "../../support/daemon.ts";
import { fast, type VipScene, withVipScenes } from "../../support/vip.ts";

/** A folder that is on a disk of its own from now on, with what was in it; below that it stays as it was. */
function smallDisk(folder: string): { fill(): void; empty(): void; remove(): void } {
  const filler = join(folder, "filler");
  execFileSync("sh", [
    "-ec",
    'kept=$(mktemp -d); cp -a "$1/." "$kept"; mount -t tmpfs -o size=512k,mode=700 none "$1"; cp -a "$kept/." "$1"; rm -r "$kept"',
    "sh",
    folder,
  ]);
  return {
    fill() {
      try {
        writeFileSync(filler, Buffer.alloc(1024 * 1024));
      } catch {
        // As much as there was room for is in it.
      }
    },
    empty() {
      rmSync(filler, { force: true });
    },
    remove() {
      execFileSync("umount", ["-l", folder]);
    },
  };
}

/** As `lease.ts` waits after a lease's end. */
const marginMs = 5000;

await withVipScenes("the virtual IP after a planned stop", (lab, scene) => {
  const has = async (node: string, what: "an end" | "no end", { ip }: VipScene): Promise<void> => {
    const shown = `ip -o address show to ${ip}`;
    const life = what === "an end" ? /valid_lft \d+sec/ : /valid_lft forever/;
    await expect.poll(() => lab.inside(node, shown), { timeout: 60_000 }).toMatch(life);
  };
  const waitsFor = (daemon: Daemon, node: string): Promise<void> =>
    until({ daemon }, `it leads and waits for ${node}`, () =>
      daemon.events("vip.waiting").some(({ error }) => error?.startsWith(`${node} does not answer, and may`) === true)
        ? undefined
        : "no such event",
    );

  scene(
    "lease: another machine's daemon gives it to nobody while its holder is silent, and goes on with it there later",
    { mode: "lease", ...fast },
    async (stage) => {
      const other = otherDaemon(stage);
      await stopped(stage, stage.daemon);
      await has("n1", "no end", stage);
      try {
        await during(stage, isolate("n1"), async () => {
          await other.start();
          await waitsFor(other, "n1");
          await hold(fast.leaseMs + marginMs + 3 * fast.tickMs);
          expect(await stage.holders()).toEqual(["n1"]);
        });
        await has("n1", "an end", stage);
        await stopped(stage, other);
        await has("n1", "no end", stage);
      } finally {
        await other.kill();
      }
      await stage.daemon.start();
      await has("n1", "an end", stage);
      expect(await stage.holders()).toEqual(["n1"]);
    },
  );

  scene(
    "lease: while the state folder is full it is kept and moved from memory, and made to last by a stop",
    { mode: "lease", ...fast },
    async (stage) => {
      const disk = smallDisk(join(lab.status().dir, "state"));
      try {
        disk.fill();
        await during(stage, isolate("n1"), () => stage.held(["n2"], 60_000));
        expect(stage.events("state.unwritable")).toHaveLength(1);
        const { code, stderr } = await pictl(["daemon", "status"], { config: lab.status().config });
        expect([code, stderr]).toEqual([1, expect.stringContaining("goes on from memory")]);
        disk.empty();
        await until(stage, "that there is room is seen", () =>
          stage.events("state.writable").length > 0 ? undefined : "it is not",
        );
        disk.fill();
        await stopped(stage, stage.daemon);
        await has("n2", "no end", stage);
      } finally {
        disk.remove();
      }
      // What the next one finds is of the time before: the address goes back, and is never on both.
      await stage.daemon.start();
      await has("n1", "an end", stage);
      expect(await stage.holders()).toEqual(["n1"]);
    },
  );

  scene(
    "lease: what too few nodes would remember is not made to last, and it is told",
    { mode: "lease", ...fast },
    async (stage) => {
      await during(stage, isolateMany(["n2", "n3"]), async () => {
        await stopped(stage, stage.daemon);
        expect(stage.events("vip.lease-runs-out")).toMatchObject([{ node: "n1" }]);
        await stage.held([]);
      });
      await stage.daemon.start();
      await stage.held(["n1"], 60_000);
    },
  );
});

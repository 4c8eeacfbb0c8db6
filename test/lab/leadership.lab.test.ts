import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { startPictl } from "../support/cli.ts";
import { eventFileText } from "../support/event-file.ts";
import { labObstacle, withLab } from "../support/lab.ts";

const obstacle = await labObstacle({ docker: false });

describe.skipIf(obstacle !== undefined)("two daemons", () => {
  const lab = withLab({ nodes: 3, docker: false });
  const running: ReturnType<typeof startPictl>[] = [];
  afterEach(async () => {
    for (const daemon of running.splice(0)) {
      daemon.kill("SIGKILL");
      await daemon.ended;
    }
  });

  /** A daemon with a state folder of its own, as on another machine. */
  function daemon(name: string): { readonly kill: () => void; readonly roles: () => unknown[] } {
    const original = lab.status().config;
    const config = join(original, "..", `${name}.json`);
    const document = JSON.parse(readFileSync(original, "utf8")) as Record<string, unknown>;
    writeFileSync(config, JSON.stringify({ ...document, state_dir: `state-${name}`, hb: [] }));
    const process = startPictl(["daemon"], { config });
    running.push(process);
    const stateDir = join(original, "..", `state-${name}`);
    const roles = (): unknown[] => {
      try {
        const events = eventFileText(stateDir)
          .split("\n")
          .filter((line) => line !== "");
        return events
          .map((line) => JSON.parse(line) as { type: string; after: unknown })
          .filter(({ type }) => /^daemon\.(leads|stands-by|unelected)$/.test(type))
          .map(({ after }) => after);
      } catch {
        return [];
      }
    };
    return {
      roles,
      kill: () => {
        process.kill("SIGKILL");
      },
    };
  }

  test("one leads, the other stands by and takes over; cut off from the majority, nobody does", async () => {
    const first = daemon("first");
    await expect.poll(first.roles, { timeout: 30_000 }).toEqual(["leader"]);
    const second = daemon("second");
    await expect.poll(second.roles, { timeout: 30_000 }).toEqual(["standby"]);
    const promised = (): Promise<string> => lab.inside("n1", "cat /var/lib/pictl/*/promise");
    // Who elected it is written beside the promise by the next one of its looks.
    await expect.poll(promised, { timeout: 30_000 }).toMatch(/^\d \S+ 1500 \d @=n1\+n2\+n3\n$/);
    const before = await promised();

    first.kill();
    await expect.poll(second.roles, { timeout: 60_000 }).toEqual(["standby", "leader"]);
    expect(parseInt(await promised())).toBeGreaterThan(parseInt(before));
    const again = daemon("first");
    await expect.poll(again.roles, { timeout: 30_000 }).toEqual(["leader", "standby"]);

    await lab.cut("n2");
    await lab.cut("n3");
    await expect.poll(() => second.roles().at(-1), { timeout: 60_000 }).toBe("unelected");
    expect(again.roles().at(-1)).not.toBe("leader");
    await lab.heal("n2");
    await expect
      .poll(() => [...first.roles().slice(-1), ...second.roles().slice(-1)], { timeout: 90_000 })
      .toContain("leader");
  }, 300_000);
});

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
  function daemon(
    name: string,
    change: (document: Record<string, unknown>) => object = () => ({}),
  ): { readonly kill: () => void; readonly roles: () => unknown[] } {
    const original = lab.status().config;
    const config = join(original, "..", `${name}.json`);
    const document = JSON.parse(readFileSync(original, "utf8")) as Record<string, unknown>;
    writeFileSync(config, JSON.stringify({ ...document, state_dir: `state-${name}`, hb: [], ...change(document) }));
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

  /** Whether it led or stood by. A machine too busy for its first round says ahead of that that nobody elects it. */
  const part =
    ({ roles }: { readonly roles: () => unknown[] }) =>
    (): unknown[] =>
      roles().filter((role) => role !== "unelected");

  test("one leads, the other stands by and takes over; cut off from the majority, nobody does", async () => {
    const first = daemon("first");
    await expect.poll(part(first), { timeout: 30_000 }).toEqual(["leader"]);
    const second = daemon("second");
    await expect.poll(part(second), { timeout: 30_000 }).toEqual(["standby"]);
    const promised = (): Promise<string> => lab.inside("n1", "cat /var/lib/pictl/*/promise");
    // Who elected it is written beside the promise by the next one of its looks, and who has the lab's address.
    await expect.poll(promised, { timeout: 30_000 }).toMatch(/^\d \S+ 1500 \d [\d.]+=n\d,@=n1\+n2\+n3\n$/);
    const before = await promised();
    const kept = (): Promise<string> => lab.inside("n2", "cat /var/lib/pictl/*/shared || :");
    await expect.poll(kept, { timeout: 30_000 }).toMatch(/^\{"epoch":\d+,"count":\d+,"layout":\{/);

    first.kill();
    await expect.poll(part(second), { timeout: 60_000 }).toEqual(["standby", "leader"]);
    expect(parseInt(await promised())).toBeGreaterThan(parseInt(before));
    const again = daemon("first");
    await expect.poll(part(again), { timeout: 30_000 }).toEqual(["leader", "standby"]);

    await lab.cut("n2");
    await lab.cut("n3");
    await expect.poll(() => second.roles().at(-1), { timeout: 60_000 }).toBe("unelected");
    expect(again.roles().at(-1)).not.toBe("leader");
    await lab.heal("n2");
    await expect
      .poll(() => [...first.roles().slice(-1), ...second.roles().slice(-1)], { timeout: 90_000 })
      .toContain("leader");
  }, 300_000);

  test("of two configs that list other nodes one daemon leads, also in lease mode", async () => {
    await forget();
    const one = (document: Record<string, unknown>): object => ({
      layout: (document["layout"] as { node: string }[]).filter(({ node }) => node === "n1"),
      vip: (document["vip"] as { node: string }[] | undefined)?.filter(({ node }) => node === "n1"),
    });
    const first = daemon("alone", one);
    await expect.poll(part(first), { timeout: 30_000 }).toEqual(["leader"]);
    // It would win n2 and n3 without the first one's node.
    const second = daemon("all");
    await expect.poll(part(second), { timeout: 30_000 }).toEqual(["standby"]);
    await expect.poll(() => promisedBy("n1"), { timeout: 30_000 }).toMatch(/@=n1/);
    first.kill();
    await expect.poll(() => second.roles().at(-1), { timeout: 60_000 }).toBe("leader");
  }, 180_000);

  test("logins that are not root, and may not use sudo, elect nobody", async () => {
    await forget();
    for (const node of ["n1", "n2", "n3"]) for (const login of ["anna", "bert"]) await addUser(node, login);
    const as = (user: string) => (document: Record<string, unknown>) => ({
      ssh: { ...(document["ssh"] as object), user },
    });
    const daemons = ["anna", "bert"].map((login) => daemon(login, as(login)));
    for (const each of daemons) await expect.poll(each.roles, { timeout: 30_000 }).toEqual(["unelected"]);
    expect(await lab.inside("n1", "find /home /run/anna /run/bert /var/lib/pictl -name promise 2>/dev/null || :")).toBe(
      "",
    );
  }, 180_000);

  const promisedBy = (node: string): Promise<string> => lab.inside(node, "cat /var/lib/pictl/*/promise");

  /** Nobody has ever led. */
  async function forget(): Promise<void> {
    await lab.heal();
    for (const node of ["n1", "n2", "n3"]) await lab.inside(node, "rm -rf /var/lib/pictl /run/pictl");
  }

  /** An account on a node that the lab's key opens. */
  async function addUser(node: string, name: string): Promise<void> {
    const home = `/run/${name}`;
    await lab.inside(
      node,
      `useradd -M -d ${home} -s /bin/sh ${name} && usermod -p '*' ${name} && mkdir -p ${home}/.ssh &&
       cp /root/.ssh/authorized_keys ${home}/.ssh/ && chown -R ${name}: ${home}`,
    );
  }
});

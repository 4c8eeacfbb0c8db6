import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import ContainerAdd from "../../commands/container/add.ts";
import ContainerEdit from "../../commands/container/edit.ts";
import ContainerRemove from "../../commands/container/remove.ts";
import Create from "../../commands/create.ts";
import Log from "../../commands/log.ts";
import Move from "../../commands/move.ts";
import type { ActionRow } from "../../src/app/kit/act.ts";
import { startPictl } from "../support/cli.ts";
import { type DocumentOf, documentOf, runCommand } from "../support/command.ts";
import { labObstacle, withLab } from "../support/lab.ts";
import { writeMoodyImage } from "../support/moody-image.ts";
import { type Outage, watchOutage } from "../support/outage.ts";

const obstacle = await labObstacle();

interface Layout {
  layout: Record<string, unknown>[];
  hb: Record<string, unknown>[];
}

const nodes = ["n1", "n2", "n3"];
const withPorts = "-p 8080:80";
const withData = "-p 8080:80 -v /srv/app:/data";
/** Seconds until what comes to no end is given up; what ends may be slow to. */
const patienceWith = (mode: string): string => (mode === "deaf" ? "3" : "30");

describe.skipIf(obstacle !== undefined)("replacing a container with a version that is bad, slow or not there", () => {
  const lab = withLab({ nodes: 3 });
  const run = (command: Parameters<typeof runCommand>[0], ...words: string[]) =>
    runCommand(command, words, lab.status().config);

  /** One copy of app on each of these nodes. */
  function wanted(args: string, on: readonly string[] = nodes): void {
    const document = JSON.parse(readFileSync(lab.status().config, "utf8")) as Layout;
    document.layout = nodes.map((node) => ({ node, ...(on.includes(node) ? { app: args } : {}) }));
    document.hb = [];
    writeFileSync(lab.status().config, JSON.stringify(document));
  }

  /** Every container and network on every node, as docker tells them. */
  async function everything(): Promise<readonly string[]> {
    const look = "docker ps --all --no-trunc --format '{{.Names}} {{.ID}} {{.State}} {{.Ports}}'; docker network ls -q";
    return Promise.all(nodes.map((node) => lab.inside(node, look)));
  }

  /** What a client of each node lost while something was done. */
  async function meanwhile<T>(on: readonly string[], work: () => Promise<T>): Promise<{ ended: T; outages: Outage[] }> {
    const watches = on.map((node) => watchOutage(`http://${lab.node(node).address}:8080/`));
    const ended = await work();
    return { ended, outages: await Promise.all(watches.map((watch) => watch.end())) };
  }

  async function good(args: string, on: readonly string[] = nodes): Promise<void> {
    wanted(args, on);
    const created = await run(Create, "--recreate", "--grace", "1");
    expect(created.code, created.stderr).toBe(0);
  }

  let takeAway = (): void => undefined;
  beforeAll(() => {
    const folder = join(dirname(lab.status().config), "docker");
    const written = ["app", "second"].map((name) => writeMoodyImage(folder, name));
    takeAway = () => {
      for (const take of written) take();
    };
  });
  // Before the lab goes, so that its folder goes with it.
  afterAll(() => {
    takeAway();
  });

  test("on three nodes: the old ones serve on, and at most one copy is touched", async () => {
    await good(`${withPorts} -e V=1`);
    const before = await everything();
    for (const [mode, why] of [
      ["exits", "ended with exit code 3 right after its start"],
      ["deaf", "did not come up within 3 s"],
    ] as const) {
      wanted(`${withPorts} -e V=2 -e MODE=${mode}`);
      const { ended, outages } = await meanwhile(nodes, () =>
        run(Create, "--recreate", "--check-timeout", patienceWith(mode)),
      );
      expect([ended.code, ended.stderr]).toEqual([1, expect.stringContaining(`app@n1: The new container ${why}`)]);
      expect(ended.stderr).toContain("app@n2, app@n3: Not touched: the rollout stopped at app@n1, which failed.");
      expect(outages).toEqual(nodes.map(() => ({ lostMs: 0, answers: ["1"] })));
      expect(await everything()).toEqual(before);
    }
    const { stdout } = await run(Log, "--type", "container.create-failed", "--json");
    expect(stdout).toContain("It said:\\nno database");
  }, 120_000);

  test("an image that is nowhere stops nothing, whatever it is wanted by", async () => {
    const before = await everything();
    const words = ["app", "--image", "127.0.0.1:1/nope:9", "--run", "--yes"];
    const { ended, outages } = await meanwhile(nodes, () => run(ContainerEdit, ...words));
    expect([ended.code, ended.stderr]).toEqual([1, expect.stringContaining("cannot reach the registry 127.0.0.1:1")]);
    expect(outages).toEqual(nodes.map(() => ({ lostMs: 0, answers: ["1"] })));
    expect(await everything()).toEqual(before);
  }, 60_000);

  test.each([
    ["that ends at once, on three nodes", nodes, "exits", "ended with exit code 3 right after its start"],
    ["that never listens, on one node", ["n1"], "deaf", "did not come up within 3 s"],
  ])(
    "by edit --run, one %s: the old ones serve on",
    async (_, on, mode, why) => {
      wanted(`${withPorts} -e V=1`, on);
      const before = await everything();
      const args = `${withPorts} -e V=2 -e MODE=${mode}`;
      const words = ["app", "--args", args, "--run", "--yes", "--check-timeout", patienceWith(mode)];
      const { ended, outages } = await meanwhile(nodes, () => run(ContainerEdit, ...words));
      expect([ended.code, ended.stderr]).toEqual([1, expect.stringContaining(`app@n1: The new container ${why}`)]);
      expect(outages).toEqual(nodes.map(() => ({ lostMs: 0, answers: ["1"] })));
      expect(await everything()).toEqual(before);
    },
    120_000,
  );

  test("by add --run: it is told, nothing else is touched, and it can be put right and tried again", async () => {
    const before = await everything();
    const words = ["second", "--node", "n1", "--run"];
    const { ended, outages } = await meanwhile(nodes, () => run(ContainerAdd, ...words, "--args", "-e MODE=exits"));
    expect([ended.code, ended.stderr]).toEqual([
      1,
      expect.stringContaining("second@n1: The new container ended with exit code 3 right after its start"),
    ]);
    expect(outages).toEqual(nodes.map(() => ({ lostMs: 0, answers: ["1"] })));
    const again = await run(ContainerEdit, "second", "--args", "-e MODE=well", "--run", "--yes");
    expect([again.code, again.stdout], again.stderr).toEqual([0, expect.stringContaining("second")]);
    expect((await run(ContainerRemove, "second", "--yes", "--grace", "1")).code).toBe(0);
    expect(await everything()).toEqual(before);
  }, 60_000);

  test("what is slow and then healthy takes over the ports, and little is lost", async () => {
    wanted(`${withPorts} -e V=2 -e MODE=slow`);
    const dry = await run(Create, "app@n1", "--recreate", "--dry-run");
    expect(dry.stdout).toContain("would replace it hand-off: the new copy takes over the ports");
    const { ended, outages } = await meanwhile(nodes, () => run(Create, "--recreate", "--json"));
    const { result } = documentOf(ended) as DocumentOf<{ containers: ActionRow[] }>;
    expect(result.containers.map(({ swap }) => swap)).toEqual(["hand-off", "hand-off", "hand-off"]);
    for (const { lostMs, answers } of outages) {
      expect(answers).toEqual(["1", "2"]);
      // 0.2 to 0.5 s on a quiet machine (`npm run bench -- replace` holds it to that).
      expect(lostMs).toBeLessThan(2000);
    }
    expect(await lab.inside("n1", "docker network ls --format '{{.Name}}'")).not.toContain("pictl");
    // As `docker run` would have made it.
    await lab.inside("n1", "docker restart -t 1 app");
    expect(await lab.inside("n1", "docker ps --format '{{.Names}} {{.Ports}}'")).toContain("app 0.0.0.0:8080->80/tcp");
  }, 120_000);

  test("with data of its own it is replaced stop-first, which says so, and is back when the new one is bad", async () => {
    await good(`${withData} -e V=1`, ["n1"]);
    const before = await lab.inside("n1", "docker inspect --format '{{.Id}}' app");
    wanted(`${withData} -e V=2 -e MODE=deaf`, ["n1"]);
    const { ended, outages } = await meanwhile(["n1"], () =>
      run(Create, "app", "--recreate", "--check-timeout", "3", "--grace", "1"),
    );
    expect(ended.stderr).toContain(
      "app is replaced stop-first, since two copies must not write to the same data: /srv/app (at /data): it does not serve",
    );
    expect([ended.code, ended.stderr]).toEqual([1, expect.stringContaining("The old container is back as it was.")]);
    expect(outages[0]?.answers).toEqual(["1"]);
    // The gate's own three seconds, and what stopping and starting take.
    expect(outages[0]?.lostMs).toBeLessThan(12_000);
    expect(await lab.inside("n1", "docker inspect --format '{{.Id}}' app")).toBe(before);
  }, 120_000);

  test.each([
    ["hand-off", withPorts],
    ["stop-first", withData],
  ])(
    "killed in the middle of a %s, the next command brings the old one back",
    async (_, args) => {
      await good(`${args} -e V=1`, ["n1"]);
      const names = () => lab.inside("n1", "docker ps --all --format '{{.Names}}'");
      const before = await lab.inside("n1", "docker inspect --format '{{.Id}}' app");
      wanted(`${args} -e V=2 -e MODE=deaf`, ["n1"]);
      const replacing = startPictl(["create", "app", "--recreate", "--grace", "1"], { config: lab.status().config });
      await vi.waitUntil(async () => /pictl-(?:next|replaced)/.test(await names()), { timeout: 60_000, interval: 200 });
      replacing.kill("SIGKILL");
      await replacing.ended;
      wanted(`${args} -e V=1`, ["n1"]);
      // The lock of what was killed is free as soon as its connection has ended.
      const settled = await run(Create, "app", "--wait", "30");
      expect([settled.code, settled.stdout], settled.stderr).toEqual([0, expect.stringContaining("runs already")]);
      expect(settled.stderr).toContain("app@n1: a replacement that was cut off was undone first.");
      expect([await names(), await lab.inside("n1", "docker inspect --format '{{.Id}}' app")]).toEqual([
        "app\n",
        before,
      ]);
      expect(await lab.inside("n1", "wget -qO- http://127.0.0.1:8080/")).toBe("1\n");
    },
    120_000,
  );

  test("a move to where it does not come up leaves it where it is", async () => {
    for (const node of ["n2", "n3"]) await lab.inside(node, "docker rm -f app");
    await good(`${withPorts} -e V=1`, ["n1"]);
    wanted(`${withPorts} -e V=2 -e MODE=deaf`, ["n1"]);
    const words = ["app", "n2", "--check-timeout", "3", "--grace", "1", "--yes"];
    const overlapping = await meanwhile(["n1"], () => run(Move, ...words, "--overlap"));
    expect(overlapping.ended.stderr).toContain("it is on n1 as before. The new container did not come up within 3 s");
    expect([overlapping.ended.code, overlapping.outages]).toEqual([1, [{ lostMs: 0, answers: ["1"] }]]);
    const { ended, outages } = await meanwhile(["n1"], () => run(Move, ...words));
    expect([ended.code, ended.stderr]).toEqual([1, expect.stringContaining("it is on n1 as before")]);
    expect(outages[0]?.lostMs).toBeLessThan(12_000);
  }, 120_000);

  test("a hook that must be told of both copies, and says no, keeps the old one", async () => {
    await good("-e V=1", ["n1"]);
    const before = await lab.inside("n1", "docker inspect --format '{{.Id}}' app");
    const told = join(dirname(lab.status().config), "told.json");
    const document = JSON.parse(readFileSync(lab.status().config, "utf8")) as Layout & { hooks: unknown };
    const hooked = (ending: string): void => {
      document.hooks = { on_switch: `cat >${told}; ${ending}` };
      writeFileSync(lab.status().config, JSON.stringify(document));
    };
    hooked("echo full >&2; exit 1");
    const refused = await run(Create, "app", "--recreate");
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining("The hook `on_switch` failed")]);
    expect(await lab.inside("n1", "docker ps --all --no-trunc --format '{{.Names}} {{.ID}}'")).toBe(`app ${before}`);
    hooked("true");
    const taken = await run(Create, "app", "--recreate");
    expect([taken.code, taken.stdout]).toEqual([0, expect.stringContaining("replaced (start-first, no gap; healthy)")]);
    expect(JSON.parse(readFileSync(told, "utf8"))).toMatchObject({
      type: "container.switching",
      before: { id: before.trim(), name: "app" },
      after: { name: "app.pictl-next", addresses: { bridge: expect.stringMatching(/^172\./) as string } },
    });
  }, 120_000);
});

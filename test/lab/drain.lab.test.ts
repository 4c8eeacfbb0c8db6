import { appendFileSync, cpSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import Create from "../../commands/create.ts";
import Log from "../../commands/log.ts";
import NodeCordon from "../../commands/node/cordon.ts";
import NodeDrain from "../../commands/node/drain.ts";
import NodeRemove from "../../commands/node/remove.ts";
import NodeUncordon from "../../commands/node/uncordon.ts";
import Start from "../../commands/start.ts";
import Status from "../../commands/status.ts";
import Stop from "../../commands/stop.ts";
import type { DrainedRow } from "../../src/app/node/remove-drained.ts";
import type { PictlEvent } from "../../src/domain/events/event.ts";
import { pictl } from "../support/cli.ts";
import { type DocumentOf, documentOf, runCommand } from "../support/command.ts";
import { labObstacle, withLab } from "../support/lab.ts";
import { startRegistry, type TestRegistry, trustRegistry, whyNoRegistry } from "../support/registry.ts";

const obstacle = await labObstacle();

interface Document {
  layout: Record<string, unknown>[];
  hb: Record<string, unknown>[];
  container_host_constraints: { container: string }[];
  nodes: Record<string, object>;
}

describe.skipIf(obstacle !== undefined)("node remove --move", () => {
  const lab = withLab({ nodes: 4 });
  const path = (): string => lab.status().config;
  const file = (): string => readFileSync(path(), "utf8");
  const document = (): Document => JSON.parse(file()) as Document;
  const rewrite = (change: (document: Document) => void): void => {
    const changed = document();
    change(changed);
    writeFileSync(path(), JSON.stringify(changed, null, 2));
  };
  const run = (command: Parameters<typeof runCommand>[0], ...words: string[]) => runCommand(command, words, path());
  const remove = (...words: string[]) => run(NodeRemove, ...words, "--move", "--grace", "1");
  const json = async (...words: string[]) =>
    documentOf(await remove(...words, "--json")) as DocumentOf<{ nodes: DrainedRow[] }>;
  /** Every container of the cluster on the nodes that are up, seen by docker itself. */
  const copies = async (): Promise<string[]> => {
    const up = lab.status().nodes.filter(({ state }) => state === "running");
    const found = await Promise.all(
      up.map(async ({ node }) => {
        const ours = `docker ps --all --filter label=io.pictl.cluster --format '{{.Names}}'`;
        const names = (await lab.inside(node, ours)).split("\n").filter((name) => name !== "");
        return names.map((name) => `${name}@${node}`);
      }),
    );
    return found.flat().sort();
  };
  /** As the config says it. */
  const placed = (): string[] =>
    document()
      .layout.flatMap(({ node, ...containers }) => Object.keys(containers).map((name) => `${name}@${String(node)}`))
      .sort();

  beforeAll(async () => {
    const folder = join(dirname(path()), "docker");
    for (const name of ["app", "box", "db", "http"])
      cpSync(join(folder, "web"), join(folder, name), { recursive: true });
    appendFileSync(join(folder, "box/Dockerfile"), "VOLUME /stuff\n");
    rewrite((changed) => {
      Object.assign(changed.layout[0] ?? {}, { app: "-p 8090:80", box: "", db: "-v data:/data" });
      changed.container_host_constraints.push({ container: "app,n1,n2" });
    });
    const created = await run(Create);
    expect(created.code, created.stderr).toBe(0);
    await lab.inside("n1", "docker exec db sh -c 'echo kept >/data/file'");
  });

  test("without --move a node in use is refused, and --move is named", async () => {
    const { code, stderr } = await run(NodeRemove, "n1", "--yes");
    expect([code, stderr]).toEqual([1, expect.stringContaining("with `--move`")]);
  });

  test("nobody said yes: the data is named, the plan asked about, and nothing is touched", async () => {
    const [before, there] = [file(), await copies()];
    const refused = await remove("n1");
    expect(refused.code).toBe(4);
    expect(refused.stderr).toContain("db has data of its own on n1 that does not come along: the volume data");
    expect(refused.stderr).toContain(
      "box has data of its own on n1 that does not come along: a volume without a name (at /stuff)",
    );
    expect((await remove("n1", "--copy-volumes")).stderr).toContain("a volume without a name (at /stuff)");
    expect(refused.stderr).toMatch(/"Move .*app to n2.*leaving that data behind, and take n1 out of /);
    expect(refused.stderr).toContain("`--copy-volumes --yes`");
    const asked = await pictl(["node", "remove", "n1", "--move"], { config: path(), terminal: true, stdin: "n\n" });
    expect(asked.code).toBe(4);
    expect([file(), await copies()]).toEqual([before, there]);
  });

  test("--dry-run tells where each would go and what the config would lose", async () => {
    const [before, there] = [file(), await copies()];
    const { ok, result } = await json("n1", "--dry-run");
    expect(ok).toBe(true);
    const [row] = result.nodes;
    expect(row).toMatchObject({ node: "n1", changed: false, outcome: "would be removed" });
    expect(row?.changes[0]).toBe("layout[0] is removed");
    expect(row?.moves.map(({ container, outcome }) => `${container} ${outcome.replace(/:.*/, "")}`)).toEqual([
      "web would be moved",
      "app would be moved",
      "box would be moved",
      "db would be moved",
    ]);
    // Spread: n2 has the clock already.
    expect(new Set(row?.moves.filter(({ container }) => container !== "app").map(({ to }) => to))).toEqual(
      new Set(["n3", "n4"]),
    );
    expect([file(), await copies()]).toEqual([before, there]);
  });

  test("what no node can take stays, and the node with it, cordoned; the rest moves with its data", async () => {
    await run(NodeCordon, "n2");
    const { exitCode, result, failures } = await json("n1", "--copy-volumes", "--yes");
    expect(exitCode).toBe(1);
    expect(failures).toMatchObject([
      { code: "no-candidate", container: "app", node: "n1", message: "No other node can take app:\nn2 is cordoned." },
    ]);
    expect(result.nodes).toMatchObject([{ node: "n1", changed: true, outcome: "not removed; still there: app" }]);
    expect(result.nodes[0]?.moves.map(({ container }) => container)).toEqual(["web", "box", "db"]);
    expect(document().nodes).toMatchObject({ n1: { cordoned: true } });
    expect(await copies()).toEqual(placed());
    expect(placed()).toContain("app@n1");
    const home =
      placed()
        .find((name) => name.startsWith("db@"))
        ?.slice(3) ?? "";
    expect(await lab.inside(home, "docker exec db cat /data/file")).toBe("kept\n");
  });

  test("moves go on at once, but one at a time to each node", async () => {
    const { result } = documentOf(await run(Log, "--type", "container.moved", "--json")) as DocumentOf<{
      events: (PictlEvent & { durationMs: number })[];
    }>;
    const spans = result.events.map(({ time, durationMs, after }) => {
      const end = Date.parse(time);
      return { to: after, start: end - durationMs, end };
    });
    expect(spans).toHaveLength(3);
    const overlaps = spans.flatMap((one, index) =>
      spans
        .slice(index + 1)
        .filter((other) => one.start < other.end && other.start < one.end)
        .map((other) => one.to === other.to),
    );
    expect(overlaps).toContain(false);
    expect(overlaps).not.toContain(true);
  });

  test("once the reason is gone, the node goes too", async () => {
    await run(NodeUncordon, "n2");
    const { ok, result } = await json("n1", "--yes");
    expect(ok).toBe(true);
    expect(result.nodes).toMatchObject([{ outcome: "removed", moves: [{ container: "app", from: "n1", to: "n2" }] }]);
    expect(document().layout.map(({ node }) => node)).toEqual(["n2", "n3", "n4"]);
    expect(Object.keys(document().nodes)).toEqual(["n2", "n3", "n4"]);
    expect(await copies()).toEqual(placed());
    expect((await run(Status)).code).toBe(0);
  });

  test("taken ports and a container of our own that nobody asked for", async () => {
    await lab.inside("n3", "docker run -d --name squatter -p 8081:80 $(docker images --quiet | head -n 1)");
    rewrite(({ container_host_constraints: rows }) => {
      for (const row of rows) if (row.container.startsWith("clock,")) row.container = "clock,n2,n3";
    });
    await lab.inside(
      "n2",
      "docker run -d --name stray --label io.pictl.cluster=$(docker inspect -f '{{index .Config.Labels \"io.pictl.cluster\"}}' clock) app",
    );
    onTestFinished(async () => {
      await lab.inside("n2", "docker rm -f stray");
      await lab.inside("n3", "docker rm -f squatter");
      rewrite(({ container_host_constraints: rows }) => {
        for (const row of rows) row.container = row.container.replace(/^(app|clock),.*$/, "$1,n2,n3,n4");
      });
    });
    const { failures, result } = await json("n2", "--dry-run");
    expect(failures.map(({ message }) => message)).toEqual([
      "No other node can take clock:\nsquatter has port 8081 on n3.",
      expect.stringContaining("No other node can take app:") as string,
      "Containers of this cluster still run on n2: stray.",
    ]);
    expect(result.nodes[0]?.outcome).toBe("would not be removed; still there: clock, app, stray");
  });

  test("node drain empties a node and keeps it, cordoned; what is stopped stays so; undrain opens it again", async () => {
    const before = placed().filter((place) => place.endsWith("@n4"));
    const [stopped = ""] = before.map((place) => place.slice(0, -3));
    expect(stopped).not.toBe("");
    expect((await run(Stop, stopped, "--grace", "1")).code).toBe(0);
    const words = ["n4", "--grace", "1"];
    expect((await run(NodeDrain, ...words)).code).toBe(4);
    const planned = await run(NodeDrain, ...words, "--dry-run");
    expect([planned.code, planned.stdout]).toEqual([0, expect.stringContaining("would be cordoned; would be empty")]);
    expect(placed().filter((place) => place.endsWith("@n4"))).toEqual(before);
    const drained = await run(NodeDrain, ...words, "--yes");
    expect([drained.code, drained.stdout], drained.stderr).toEqual([
      0,
      expect.stringContaining("n4: cordoned; empty now"),
    ]);
    expect([...placed(), ...(await copies())].filter((place) => place.endsWith("@n4"))).toEqual([]);
    expect(document().layout.map(({ node }) => node)).toContain("n4");
    expect((await run(NodeUncordon, "n4")).stdout).toContain("n4: uncordoned");
    expect(drained.stdout).toMatch(new RegExp(`${stopped} .*, stays stopped by `));
    expect((await run(Status, stopped, "--json")).stdout).toContain('"state": "stopped"');
    expect((await run(Create)).stdout).toMatch(new RegExp(`${stopped} .* stays stopped by `));
    expect((await run(Start, stopped)).code).toBe(0);
  });

  test("a move that fails keeps the node, and the container where it was", async () => {
    const [web = ""] = placed().filter((name) => name.startsWith("web@"));
    const home = web.slice(4);
    rewrite(({ hb }) => {
      for (const row of hb)
        if (row["web"] !== undefined) row["web"] = { check: "exec", command: "exit 7", timeout: 10_000 };
    });
    const { exitCode, failures } = await json(home, "--yes", "--check-timeout", "3");
    expect(exitCode).toBe(1);
    expect(failures).toMatchObject([{ code: "move-failed", container: "web" }]);
    expect(placed()).toContain(web);
    expect(await copies()).toEqual(placed());
    rewrite(({ hb }) => {
      for (const row of hb) if (row["web"] !== undefined) row["web"] = "8080";
    });
    await run(NodeUncordon, home);
  });

  test("a dead node is drained too: where the first node fails, to the second; what may come back with it is told", async () => {
    rewrite(({ layout }) => {
      Object.assign(layout.find(({ node }) => node === "n2") ?? {}, { http: "-p 8095:80" });
    });
    await lab.kill("n2");
    const there = placed().filter((name) => name.endsWith("@n2"));
    expect(there.length).toBeGreaterThan(1);
    // The emptier node comes first; of two alike the one with more memory left, which here is one machine's.
    await lab.inside(
      "n4",
      `tar --transform 's,.*/,,' -cP /bin/busybox | docker import - crowd
      for each in 1 2 3 4 5 6 7 8; do docker run -d --name crowd$each crowd /busybox sleep 1000; done`,
    );
    const { result } = await json("n2", "--dry-run");
    expect(result.nodes[0]?.moves).toContainEqual(expect.objectContaining({ container: "http", to: "n3" }));
    // What docker does not know of.
    await lab.inside("n3", "busybox httpd -p 8095 -h /");
    const { code, stdout, stderr } = await remove("n2", "--yes");
    expect([code, stderr]).toEqual([0, expect.stringContaining("Next is n4.")]);
    await lab.inside("n4", "docker rm -f $(docker ps --quiet --filter ancestor=crowd)");
    expect(placed()).toContain("http@n4");
    expect(result.nodes[0]?.moves).toHaveLength(there.length);
    expect(stdout).toContain("should it come back, its ");
    expect(await copies()).toEqual(placed());
    expect((await run(Status)).code).toBe(0);
  });

  describe.skipIf(whyNoRegistry !== undefined)("with an image of a registry", () => {
    let registry: TestRegistry;
    beforeAll(async () => {
      registry = await startRegistry({ address: lab.status().controller, tls: true });
      await registry.push("tool", ["1"]);
      for (const node of ["n3", "n4"]) await trustRegistry(lab, node, registry);
    });
    afterAll(() => registry.stop());

    test("a node of another architecture is no candidate", async () => {
      await lab.inside(
        "n4",
        `kill $(cat /run/docker.pid)
         while ! [ -e /run/dockerd.exit ]; do sleep 0.1; done
         setsid setarch i686 dockerd >>/var/log/dockerd.log 2>&1 </dev/null &
         until docker info >/dev/null 2>&1; do sleep 0.1; done`,
      );
      rewrite(({ layout }) => {
        const row = layout.find(({ node }) => node === "n3");
        Object.assign(row ?? {}, { tool: { image: `${registry.host}/tool:1` } });
      });
      const { failures } = await json("n3", "--dry-run");
      expect(failures.map(({ message }) => message)).toEqual([
        "No other node can take tool:\nn4 is i686, and the image is for amd64.",
      ]);
    });
  });
});

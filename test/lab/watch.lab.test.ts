import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Context } from "../../src/context.ts";
import type { EngineEvent } from "../../src/domain/docker/facts.ts";
import { openLive } from "../../src/watch/index.ts";
import type { Live } from "../../src/watch/live.ts";
import type { Model } from "../../src/watch/model.ts";
import { containerAt, containersOf, isTold } from "../../src/watch/select.ts";
import type { StatusChanges } from "../../src/watch/status.ts";
import { startPictl } from "../support/cli.ts";
import { labObstacle, withLab } from "../support/lab.ts";
import { quietContext } from "../support/quiet-context.ts";

const obstacle = await labObstacle();
/** From what somebody does on a node until it stands in the model. */
const soonMs = 1000;

describe.skipIf(obstacle !== undefined)("the live model of real nodes", { timeout: 120_000 }, () => {
  const lab = withLab({ nodes: 3 });
  let config: string;
  let cluster: string;
  let context: Context;
  let live: Live;
  let leave: () => void;

  beforeAll(async () => {
    config = join(lab.status().dir, "watch.json");
    const given = JSON.parse(await readFile(lab.status().config, "utf8")) as { cluster: string };
    cluster = given.cluster;
    const layout = [
      { node: "n1", web: "" },
      { node: "n2", db: "" },
      { node: "n3", far: "" },
    ];
    await writeFile(config, JSON.stringify({ ...given, layout, hb: [], container_host_constraints: [] }), {
      mode: 0o600,
    });
    const import_ = "tar -C /var/tmp --transform 's,.*/,bin/,' -cP /bin/busybox | docker import - bb";
    await Promise.all(["n1", "n2", "n3"].map((node) => lab.inside(node, import_)));
    await Promise.all([run("n1", "web"), run("n2", "db"), run("n3", "far")]);
    context = await quietContext(config, "test");
    live = openLive(context);
    leave = live.subscribe(() => undefined);
  });
  afterAll(async () => {
    await live.stop();
    await context.close();
  });

  async function run(node: string, name: string): Promise<void> {
    const labels = `--label io.pictl.cluster=${cluster} --label io.pictl.container=${name}`;
    await lab.inside(node, `docker run -d --name ${name} ${labels} bb /bin/busybox sleep 100000`);
  }

  /** Resolves when the model is so; to how long that took, milliseconds. */
  function until(is: (model: Model) => boolean): Promise<number> {
    const began = performance.now();
    return new Promise((resolve, reject) => {
      const check = (): void => {
        if (!is(live.current())) return;
        clearTimeout(timer);
        stop();
        resolve(performance.now() - began);
      };
      const timer = setTimeout(() => {
        stop();
        reject(new Error(`the model does not come to be so: ${JSON.stringify(shown())}`));
      }, 60_000);
      const stop = live.subscribe(check);
      check();
    });
  }
  const stateOf = (key: string) => (model: Model) => containerAt(model, key)?.state;
  const shown = (): readonly string[] =>
    containersOf(live.current()).map(({ key, state, last }) => `${key} ${state}${last ? ` (${last.state})` : ""}`);
  const nodeOf = (model: Model, name: string) => {
    const node = model.nodes.get(name);
    if (!node) throw new Error(`there is no ${name}`);
    return node;
  };

  test("knows what is there, and what containers use that somebody watches", async () => {
    await until((model) => [...model.nodes.values()].every(isTold));
    expect(containersOf(live.current()).map(({ key }) => key)).toEqual(["web@n1", "db@n2", "far@n3"]);
    const node = nodeOf(live.current(), "n1");
    expect(node).toMatchObject({ state: "answering", docker: { state: "answering" } });
    expect(node.facts).toMatchObject({ reachable: true, containers: 1, containersRunning: 1 });
    expect(node.facts.memoryTotalBytes).toBeGreaterThan(0);
    expect(containerAt(live.current(), "web@n1")?.memoryBytes).toBeNull();
    const unwatch = live.watch({ uses: ["web@n1"] });
    await until((model) => containerAt(model, "web@n1")?.cpuPercent != null);
    unwatch();
    expect(containerAt(live.current(), "web@n1")?.memoryBytes).toBeGreaterThan(0);
    expect(containerAt(live.current(), "db@n2")?.memoryBytes).toBeNull();
    await until((model) => nodeOf(model, "n1").use?.cpuPercent != null);
  });

  test("a container that is killed, removed, made by hand shows within a second", async () => {
    await until((model) => nodeOf(model, "n1").docker.hears);
    await lab.inside("n1", "docker kill web");
    expect(await until((model) => stateOf("web@n1")(model) === "stopped")).toBeLessThan(soonMs);
    expect(containerAt(live.current(), "web@n1")?.detail).toBe("exited with code 137");
    await lab.inside("n1", "docker rm web");
    expect(await until((model) => stateOf("web@n1")(model) === "missing")).toBeLessThan(soonMs);
    await run("n1", "old");
    expect(await until((model) => stateOf("old@n1")(model) === "stray")).toBeLessThan(soonMs);
    await lab.inside("n1", "docker rename old web");
    expect(await until((model) => shown().length === 3 && stateOf("web@n1")(model) !== "missing")).toBeLessThan(soonMs);
  });

  test("Docker's events go on where they were left, and nothing that happened meanwhile is missing", async () => {
    const node = context.config.nodes[0];
    if (!node) throw new Error("there is no node");
    const engine = await context.ports.engines.on(node);
    const first = new AbortController();
    const heard = await engine.events({ since: undefined, signal: first.signal });
    await lab.inside("n1", "docker pause web");
    const told = (await heard[Symbol.asyncIterator]().next()) as IteratorYieldResult<EngineEvent>;
    expect(told.value).toMatchObject({ action: "pause", names: ["web"] });
    first.abort();
    await lab.inside("n1", "docker unpause web; docker kill web; docker start web");
    const again = new AbortController();
    const actions: string[] = [];
    for await (const event of await engine.events({ since: told.value.at, signal: again.signal })) {
      actions.push(event.action);
      if (event.action === "start") break;
    }
    again.abort();
    expect(actions.filter((action) => !/connect/.test(action))).toEqual(["pause", "unpause", "kill", "die", "start"]);
  });

  test("a connection that is cut off is made anew, and what happened meanwhile is seen", async () => {
    await until((model) => nodeOf(model, "n1").docker.hears);
    // Every session of sshd, not the one that listens, nor this shell.
    await lab.inside("n1", "docker kill web; pkill -f '[s]shd: root@'");
    await until((model) => stateOf("web@n1")(model) === "stopped" && nodeOf(model, "n1").state === "answering");
    await lab.inside("n1", "docker start web");
    await until((model) => nodeOf(model, "n1").docker.hears && stateOf("web@n1")(model) !== "stopped");
  });

  test("a node that dies is silent and its containers unknown, while the others go on; it comes back", async () => {
    await until((model) => nodeOf(model, "n3").docker.hears && nodeOf(model, "n1").docker.hears);
    await lab.kill("n3");
    try {
      await until((model) => nodeOf(model, "n3").state === "silent");
      expect(shown()).toContainEqual(expect.stringMatching(/^far@n3 unknown \(/));
      await lab.inside("n1", "docker kill web");
      expect(await until((model) => stateOf("web@n1")(model) === "stopped")).toBeLessThan(soonMs);
    } finally {
      await lab.start("n3");
    }
    await until((model) => stateOf("far@n3")(model) === "stopped");
    expect(nodeOf(live.current(), "n3")).toMatchObject({ state: "answering", failure: null });
  });

  test("a Docker that floods with events holds up nobody, and in the end all is known of it", async () => {
    await until((model) => nodeOf(model, "n2").docker.hears);
    const noise = "i=0; while [ $i -lt 60 ]; do docker rename db a; docker rename a db; i=$((i+1)); done >/dev/null";
    const flood = lab.inside("n2", `${noise}; docker kill db`);
    await lab.inside("n1", "docker start web");
    expect(await until((model) => stateOf("web@n1")(model) !== "stopped")).toBeLessThan(soonMs);
    await flood;
    await until((model) => stateOf("db@n2")(model) === "stopped");
    expect([...nodeOf(live.current(), "n2").containers.keys()]).toEqual(["db"]);
  });

  test("a Docker that hangs is told, its node answers on; when it goes on it is seen", async () => {
    await lab.inside("n2", "pkill -STOP dockerd");
    try {
      await live.refresh();
      expect(nodeOf(live.current(), "n2")).toMatchObject({ state: "answering", docker: { state: "silent" } });
      expect(shown()).toContain("db@n2 unknown (stopped)");
    } finally {
      await lab.inside("n2", "pkill -CONT dockerd");
    }
    await until((model) => stateOf("db@n2")(model) === "stopped");
  });

  test("a config that changes is followed", async () => {
    const text = await readFile(config, "utf8");
    await writeFile(config, text.replace('"far"', '"other"'));
    await until((model) => stateOf("other@n3")(model) === "missing");
    await writeFile(config, "{");
    await until((model) => model.config.problems.length > 0);
    expect(stateOf("other@n3")(live.current())).toBe("missing");
    await writeFile(config, text);
    await until((model) => model.config.problems.length === 0 && containerAt(model, "other@n3") === undefined);
  });

  test("status --watch in a pipe tells everything and then what changes, until Ctrl-C", async () => {
    leave();
    const { said, ended, kill } = startPictl(["status", "--watch", "--json"], { config });
    const lines = (): StatusChanges[] =>
      said()
        .split("\n")
        .slice(0, -1)
        .map((line) => JSON.parse(line) as StatusChanges);
    await expect.poll(() => lines().length, { timeout: 30_000 }).toBeGreaterThan(0);
    expect(lines()[0]?.containers.map(({ container }) => container)).toEqual(["web", "db", "far"]);
    expect(lines()[0]?.nodes).toHaveLength(3);
    await lab.inside("n1", "docker kill web");
    const news = () => lines().flatMap(({ containers }) => containers.filter((row) => row.state === "stopped"));
    await expect.poll(() => news().map((row) => row.container), { timeout: 10_000 }).toContain("web");
    kill("SIGINT");
    expect(await ended).toMatchObject({ code: 130, stderr: "" });
  });
});

/** `heartbeat` and `daemon` as an operator uses them; what becomes of containers in failures is in `failover/`. */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { dirname, join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import ConfigSet from "../../commands/config/set.ts";
import DaemonStatus from "../../commands/daemon/status.ts";
import Log from "../../commands/log.ts";
import { pictl, startPictl } from "../support/cli.ts";
import { runCommand } from "../support/command.ts";
import { Daemon } from "../support/daemon.ts";
import { labObstacle, withLab } from "../support/lab.ts";

interface LogEvent {
  readonly time: string;
  readonly type: string;
  readonly container?: string;
}

const eventTypes = (events: readonly LogEvent[]): string[] => events.map(({ type }) => type);
/** What a daemon said to a pipe: JSON lines and nothing else. */
const said = (daemon: Daemon): LogEvent[] =>
  daemon
    .log()
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as LogEvent);

const obstacle = await labObstacle();
/** Milliseconds until something must have come about; generous, since other things may use this machine too. */
const soon = { timeout: 30_000, interval: 100 };

describe.skipIf(obstacle !== undefined)("heartbeat and daemon", () => {
  const lab = withLab({ nodes: 3 });
  const config = (): string => lab.status().config;
  const beside = (name: string): string => join(dirname(config()), name);
  const run = (...words: string[]) => pictl(words, { config: config() });
  /** In this process: many wait for what it says. */
  const status = () => runCommand(DaemonStatus, [], config());
  const set = async (key: string, value: string): Promise<void> => {
    expect((await runCommand(ConfigSet, [key, value], config())).code).toBe(0);
  };
  const home = (): string => {
    const { layout } = JSON.parse(readFileSync(config(), "utf8")) as { layout: Record<string, string>[] };
    return layout.find((row) => row["web"] !== undefined)?.["node"] ?? "";
  };
  const web = (verb: string): Promise<string> => lab.inside(home(), `docker ${verb} web`);
  const webRuns = async (): Promise<boolean> =>
    (await lab.inside(home(), "docker ps --format '{{.Names}}'")).includes("web");
  const log = async (since: number, ...types: string[]): Promise<LogEvent[]> => {
    const words = ["--json", "--since", new Date(since).toISOString(), ...types.flatMap((type) => ["--type", type])];
    return (JSON.parse((await runCommand(Log, words, config())).stdout) as { result: { events: LogEvent[] } }).result
      .events;
  };
  const running: Daemon[] = [];
  /** A daemon that has made a round. */
  async function started(): Promise<Daemon> {
    const daemon = new Daemon({ config: config() });
    running.push(daemon);
    await daemon.start();
    await expect.poll(async () => (await status()).code, soon).toBe(0);
    return daemon;
  }
  afterEach(async () => {
    for (const daemon of running.splice(0)) await daemon.stop();
  });

  beforeAll(async () => {
    await set("heartbeat_interval", "2000");
    const created = await run("create");
    expect(created.code, created.stderr).toBe(0);
  });

  describe("by hand", () => {
    // Half of it is how long a node may take to answer; nobody waits for the other half here.
    beforeAll(() => set("heartbeat_interval", "5000"));
    afterAll(() => set("heartbeat_interval", "2000"));

    test("heartbeat looks, counts nothing and tells nobody; --repair acts", async () => {
      expect((await run("heartbeat")).code).toBe(0);
      const since = Date.now();
      await web("kill");
      for (let time = 0; time < 2; time += 1) {
        const looked = await run("hb");
        expect(looked.code).toBe(1);
        expect(looked.stdout).toMatch(/^web +n1 +tcp +fails +\d+ ms +connection refused +1 +start$/m);
        expect(looked.stderr).toContain("✗ web@n1: The check fails: connection refused.");
        expect(looked.stderr).toContain("`pictl heartbeat --repair` or a daemon would decide: start.");
      }
      expect([await webRuns(), await log(since)]).toEqual([false, []]);
      const repaired = await run("hb", "--repair", "--json");
      expect(repaired.code).toBe(1);
      expect(JSON.parse(repaired.stdout)).toMatchObject({
        result: {
          checks: [
            { container: "web", ok: false, failures: 1, decision: "start" },
            { container: "clock", ok: true },
          ],
        },
        failures: [{ code: "check-failed", container: "web", hint: "Decided: start." }],
      });
      expect(eventTypes(await log(since))).toEqual(["heartbeat.failed", "container.started"]);
      expect((await run("heartbeat")).code).toBe(0);
    });

    test("daemon --once carries the counts on from run to run, until a failover, and waits for its hook", async () => {
      // All is well, which clears the counts.
      expect((await run("daemon", "--once")).code).toBe(0);
      await set("failover_after", "2");
      // So that the look at a dead node and the failover take longer than a promise of the nodes is good for.
      await set("heartbeat_interval", "10000");
      await set("hooks.on_failover", `sleep 1; cp ${config()} ${beside("seen.json")}`);
      const since = Date.now();
      const [from] = [home(), await lab.inside(home(), "ip link set eth0 down")];
      try {
        const first = await run("daemon", "--once");
        expect(first.stdout).toMatch(/^web .* 1 +waits: its node is dead$/m);
        expect(first.stderr).toContain(`✗ ${from}: SSH does not answer within 5.0 s.`);
        expect(home()).toBe(from);
        const second = await run("daemon", "--once");
        expect(second.stdout).toMatch(/^web .* 2 +fail over to n\d or n\d$/m);
        expect(home(), second.stderr).not.toBe(from);
        expect(readFileSync(beside("seen.json"), "utf8")).toBe(readFileSync(config(), "utf8"));
      } finally {
        await lab.inside(from, "ip link set eth0 up");
        await set("heartbeat_interval", "5000");
      }
      expect(eventTypes(await log(since, "container.failed-over", "hook"))).toEqual([
        "container.failed-over",
        "hook.run",
      ]);
      // The next one finds the node back, and removes what is left on it.
      await expect
        .poll(async () => {
          await run("daemon", "--once");
          return lab.inside(from, "docker ps -a --format '{{.Names}}'");
        }, soon)
        .not.toContain("web");
      expect(await webRuns()).toBe(true);
    });
  });

  /** What was moved a while ago counts against limits: on this machine, and on the nodes that elect. */
  async function forgetMoves(): Promise<void> {
    writeFileSync(beside(`state/heartbeat-${lab.name}.json`), "");
    for (const node of ["n1", "n2", "n3"]) await lab.inside(node, `rm -f /var/lib/pictl/${lab.name}/shared`);
  }

  test("nobody watches: status says so, and what to do", async () => {
    const { code, stderr } = await run("daemon", "status");
    expect([code, stderr]).toEqual([1, expect.stringContaining("No daemon watches this cluster from this machine.")]);
    expect(stderr).toContain("pictl daemon install");
  });

  test("one daemon: the others are refused by its name, status shows what it sees, what is killed comes back", async () => {
    const since = Date.now();
    const daemon = await started();
    for (const words of [["daemon"], ["daemon", "--once"], ["heartbeat", "--repair"]]) {
      const refused = await run(...words);
      expect([words, refused.code, refused.stderr]).toEqual([
        words,
        4,
        expect.stringContaining(`This cluster is watched already, by process ${daemon.pid}`),
      ]);
    }
    // With a second for each node, a busy machine may take more than one round to see them all.
    await expect.poll(async () => (await run("heartbeat")).code, soon).toBe(0);
    await expect.poll(async () => (await status()).stdout, soon).toMatch(/^nodes +3 of 3 up\nchecks +all well$/m);
    expect((await run("daemon", "status")).stdout).toMatch(new RegExp(`^process +${daemon.pid} on `, "m"));
    await web("kill");
    await expect.poll(webRuns, soon).toBe(true);
    expect(await daemon.stop()).toBe(0);
    const types = ["daemon.started", "heartbeat.failed", "container.started", "daemon.stopped"];
    expect(eventTypes(said(daemon))).toEqual(expect.arrayContaining(types));
    expect(await log(since)).toEqual(expect.arrayContaining(said(daemon)));
    expect((await run("daemon", "status")).code).toBe(1);
  });

  test("a node that dies and comes back: hooks and receivers are told once each time, however many rounds it takes", async () => {
    const posts: { readonly path: string; readonly body: string }[] = [];
    const receiver = createServer((request, response) => {
      let body = "";
      request.on("data", (chunk: Buffer) => (body += chunk.toString()));
      request.on("end", () => {
        posts.push({ path: request.url ?? "", body });
        response.end();
      });
    });
    await new Promise<void>((resolve) => receiver.listen(0, "127.0.0.1", resolve));
    const url = `http://127.0.0.1:${String((receiver.address() as AddressInfo).port)}`;
    const told = (path: string): Record<string, unknown>[] =>
      posts.filter((each) => each.path === path).map(({ body }) => JSON.parse(body) as Record<string, unknown>);
    const pristine = readFileSync(config(), "utf8");
    const [node, since] = [home(), Date.now()];
    const watched = {
      ...(JSON.parse(pristine) as object),
      failover_after: 100,
      hooks: { on_heartbeat_failure: `${url}/checks`, on_node_change: `${url}/nodes` },
      notify: [{ to: `${url}/all`, on: ["node.*", "*.failed"], every: "0" }],
    };
    writeFileSync(config(), JSON.stringify(watched), { mode: 0o600 });
    onTestFinished(() => {
      receiver.close();
      writeFileSync(config(), pristine, { mode: 0o600 });
    });
    const daemon = await started();
    // What failed in the test before is over, or its next failure would be no new one.
    await expect.poll(async () => (await status()).stdout, soon).toMatch(/^checks +all well$/m);
    try {
      await lab.inside(node, "ip link set eth0 down");
      await expect.poll(() => told("/nodes").at(-1)?.["type"], soon).toBe("node.silent");
      // So many rounds later there is still one.
      const rounds = (): number => daemon.events("heartbeat.failed").length;
      await expect.poll(rounds, { timeout: 60_000, interval: 200 }).toBeGreaterThan(5);
    } finally {
      await lab.inside(node, "ip link set eth0 up");
    }
    // What failed in the test before is told to be over first.
    const checks = (): Record<string, unknown>[] => {
      const all = told("/checks");
      return all.slice(all.findIndex(({ type }) => type === "heartbeat.failed"));
    };
    await expect.poll(() => checks().length, { ...soon, timeout: 60_000 }).toBe(2);
    const again = new RegExp(`${node}.* (?:answers|passes its check) again`);
    await expect.poll(() => told("/all").at(-1)?.["title"], soon).toMatch(again);
    await daemon.stop();
    // Another container may be on that node, too.
    const web = expect.stringContaining("web") as string;
    expect(checks().map(({ type, container, containers }) => [type, String(container ?? containers)])).toEqual([
      ["heartbeat.failed", web],
      ["heartbeat.recovered", web],
    ]);
    // A Docker that is slow to go, or to come, is a state of its own: each is told once.
    const nodes = told("/nodes").map(({ type }) => type);
    expect(nodes.filter((type) => type === "node.silent")).toHaveLength(1);
    expect(nodes.length).toBeLessThanOrEqual(4);
    expect(nodes.at(-1)).toBe("node.up");
    expect(told("/all").length).toBeLessThanOrEqual(4);
    expect(eventTypes(await log(since, "hook", "notice")).every((type) => type === "hook.run")).toBe(true);
  });

  test("a broken config is refused and the last good one stays; SIGHUP has a changed one read at once", async () => {
    const daemon = await started();
    const [good, placed] = [readFileSync(config(), "utf8"), home()];
    const types = (): string[] => eventTypes(said(daemon));
    writeFileSync(config(), good.slice(0, -20));
    try {
      await expect.poll(types, soon).toContain("config.refused");
      await lab.inside(placed, "docker kill web");
      await expect.poll(types, soon).toContain("container.started");
    } finally {
      writeFileSync(config(), good);
    }
    await expect.poll(types, soon).toContain("config.reloaded");
    // Now that the next round is far away.
    await set("heartbeat_interval", "600000");
    onTestFinished(() => set("heartbeat_interval", "2000"));
    await expect.poll(async () => (await status()).stdout, soon).toContain("every 10 min");
    await set("heartbeat_interval", "2000");
    daemon.signal("SIGHUP");
    await expect.poll(async () => (await status()).stdout, soon).toContain("every 2.0 s");
  });

  test("a node that refuses us counts as no failure, whatever its container does", async () => {
    const good = readFileSync(beside("known_hosts"), "utf8");
    const [address, other] = [lab.node(home()).address, lab.node(home() === "n1" ? "n2" : "n1").address];
    const lines = good.split("\n");
    const wrong = lines.find((line) => line.startsWith(`${other} `))?.replace(other, address) ?? "";
    writeFileSync(
      beside("known_hosts"),
      lines.map((line) => (line.startsWith(`${address} `) ? wrong : line)).join("\n"),
    );
    await web("kill");
    const since = Date.now();
    try {
      const daemon = await started();
      await expect
        .poll(async () => (await status()).stdout, soon)
        .toMatch(new RegExp(`2 of 3 up; ${home()} refused\nchecks +failing: web@${home()} \\(connection refused\\)`));
      const looked = await run("heartbeat");
      expect([looked.code, looked.stderr]).toEqual([4, expect.stringContaining("HAS CHANGED")]);
      expect(looked.stdout).toMatch(/^web .*nothing: node-refused$/m);
      // Three rounds, each of which would count.
      const rounds = new Set<string>();
      const lastRound = (): string => {
        const state = readFileSync(beside(`state/daemon-${lab.name}.json`), "utf8");
        return (JSON.parse(state) as { lastRound: { at: string } }).lastRound.at;
      };
      await expect.poll(() => rounds.add(lastRound()).size, soon).toBeGreaterThan(4);
      expect(eventTypes(await log(since, "heartbeat.failed", "container", "failover"))).toEqual([]);
      writeFileSync(beside("known_hosts"), good);
      await expect.poll(webRuns, soon).toBe(true);
      expect(await daemon.stop()).toBe(0);
    } finally {
      writeFileSync(beside("known_hosts"), good);
    }
  });

  test("cut off from everything, status says so and why nothing is done", async () => {
    await started();
    for (const node of ["n1", "n2", "n3"]) await lab.cut(node);
    try {
      await expect.poll(async () => (await status()).stderr, soon).toContain("this machine is cut off");
    } finally {
      await lab.heal();
    }
    await expect.poll(async () => (await status()).code, soon).toBe(0);
  });

  test("a node that dies while its container is being started there delays its failover by no more than that", async () => {
    await set("failover_after", "2");
    await forgetMoves();
    const daemon = await started();
    const [from, since] = [home(), Date.now()];
    await web("kill");
    await expect.poll(() => daemon.log().includes('"heartbeat.failed"'), { ...soon, interval: 10 }).toBe(true);
    await lab.kill(from);
    try {
      await expect.poll(home, soon).not.toBe(from);
      // Told when the config says so already.
      const told = async () => (await log(since, "container.failed-over")).find(({ container }) => container === "web");
      await expect.poll(told, soon).toBeDefined();
      const moved = await told();
      // What was in hand would have waited for the dead Docker for 30 s.
      expect(Date.parse(moved?.time ?? "") - since).toBeLessThan(29_000);
    } finally {
      await lab.start(from);
    }
    await expect.poll(async () => (await status()).stdout, soon).toMatch(/nodes +3 of 3 up/);
  });

  test("SIGTERM in the middle of a move: the old copy runs, and the daemon has left within 10 s", async () => {
    // Deaf to SIGTERM, so that stopping it takes 10 s, and its check always fails.
    const start = beside("docker/web/rootfs/start.sh");
    writeFileSync(start, readFileSync(start, "utf8").replace(/^trap .*$/m, "trap '' TERM"));
    const text = readFileSync(config(), "utf8");
    writeFileSync(
      config(),
      text.replace('"web": "8080"', '"web": { "check": "exec", "command": "exit 7", "grace": 0 }'),
    );
    expect((await run("create", "web", "--recreate", "--no-check")).code).toBe(0);
    await set("failover_after", "2");
    await forgetMoves();
    const from = home();
    const daemon = await started();
    const journal = (): string => {
      const moves = beside(`state/moves-${lab.name}`);
      try {
        return readdirSync(moves)
          .filter((name) => name.endsWith(".json"))
          .map((name) => readFileSync(join(moves, name), "utf8"))
          .join();
      } catch {
        return "";
      }
    };
    // Two rounds fail, and the restart between them waits 10 s for the deaf one.
    await expect.poll(journal, { timeout: 90_000, interval: 20 }).toContain('"switching"');
    const asked = performance.now();
    expect(await daemon.stop()).toBe(0);
    expect(performance.now() - asked).toBeLessThan(10_000);
    expect([home(), journal(), await webRuns()]).toEqual([from, "", true]);
    expect(daemon.log()).toContain("The daemon was stopped.");
    writeFileSync(config(), text);
  });

  test("on a terminal: lines for people, and Ctrl-C is enough", async () => {
    const daemon = startPictl(["daemon"], { config: config(), terminal: true });
    await expect.poll(daemon.said, soon).toContain("daemon.leads");
    daemon.type("\u0003");
    const { code, stdout } = await daemon.ended;
    expect([code, stdout]).toEqual([0, expect.stringContaining("Stopping, after the step in hand")]);
    expect(stdout).not.toContain('{"time"');
    for (const line of stdout.split(/\r?\n/)) expect(line.length, line).toBeLessThanOrEqual(80);
  });
});

import { execFile } from "node:child_process";
import { cp, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, test, vi } from "vitest";
import { type CliRun, startPictl } from "../support/cli.ts";
import { temporaryFolder } from "../adapters/config/folder.ts";
import { labObstacle, withLab } from "../support/lab.ts";
import { quietContext } from "../support/quiet-context.ts";
import { startServing } from "../support/serve.ts";
import { freePort } from "../support/sshd.ts";
import { bootSystemd, whyNoSystemd } from "../support/systemd.ts";
import { connectTerminal, openPage } from "../support/terminal-page.ts";

const root = new URL("../..", import.meta.url).pathname;
const obstacle = await labObstacle();

describe.skipIf(obstacle !== undefined)("run, stats, prune, syslog and rsyslog on real nodes", () => {
  const lab = withLab({ nodes: 2 });
  const pictl = (...words: string[]): Promise<CliRun> => {
    const { config } = lab.status();
    return startPictl([...words, "--config", config], { config }).ended;
  };
  const rows = async <Row>(key: string, ...args: string[]): Promise<Row[]> =>
    (JSON.parse((await pictl(...args, "--json")).stdout) as { result: Record<string, Row[]> }).result[key] ?? [];
  const change = async (parts: object): Promise<void> => {
    const path = join(lab.status().dir, "config.json");
    const config = JSON.parse(await readFile(path, "utf8")) as object;
    await writeFile(path, JSON.stringify({ ...config, ...parts }));
  };

  test("stats: every node and container in one row", async () => {
    expect((await pictl("create")).code).toBe(0);
    const stats = await rows<Record<string, unknown>>("stats", "stats");
    expect(stats.map((row) => [row["node"], row["container"], row["state"]])).toEqual([
      ["n1", undefined, "ready"],
      ["n1", "web", "running"],
      ["n2", undefined, "ready"],
      ["n2", "clock", "running"],
    ]);
    for (const row of stats) expect(row["memoryBytes"]).toBeGreaterThan(0);
  });

  test("serve: a terminal in a container and Prometheus' view of real nodes; SIGTERM ends both within 2 s", async () => {
    await change({ http: { terminal: true } });
    const server = await startServing(lab.status().config);
    const headers = { authorization: `Bearer ${server.token}` };
    const page = await openPage(server, "containers/web/terminal");
    // Docker tells the terminal its size when the shell runs already.
    page.type("until stty size 2>/dev/null | grep '30 100'; do :; done; hostname\r");
    await page.seen(`30 100\r\n${(await lab.inside("n1", "docker exec web hostname")).trim()}\r\n`);
    page.leave();
    const again = await openPage(server, "containers/web@n1/terminal", page.id());
    await again.seen("30 100");
    again.type("exec sleep 98765\r");
    const processes = (): Promise<string> => lab.inside("n1", "docker exec web ps -o args");
    await expect.poll(processes, { timeout: 20_000 }).toContain("sleep 98765");
    const metrics = await (await fetch(`${server.url}metrics`, { headers })).text();
    expect(metrics).toMatch(/^pictl_container_running\{cluster="\S+",container="web",node="n1"\} 1$/m);
    expect(metrics).toMatch(/^pictl_node_docker_up\{cluster="\S+",node="n2"\} 1$/m);
    const logs = await fetch(`${server.url}api/v1/logs?container=web&follow=true`, { headers });
    const stream = connectTerminal(`${server.url.replace("http", "ws")}api/v1/stream`, headers);
    await new Promise((resolve) => stream.once("open", resolve));
    stream.send('{"subscribe": ["cluster", "stats", {"logs": ["clock"]}]}');
    await new Promise((resolve) => stream.once("message", resolve));
    const before = performance.now();
    server.kill("SIGTERM");
    expect((await server.ended).code).toBe(0);
    expect(performance.now() - before).toBeLessThan(2000);
    await logs.text();
    await expect.poll(processes, { timeout: 20_000 }).not.toContain("sleep 98765");
  });

  test("serve: PiCluster's own client stops, starts and moves containers, and shows what came of it", async () => {
    await change({ http: { legacy_routes: true }, server_port: await freePort() });
    const server = await startServing(lab.status().config);
    const env = {
      ...process.env,
      no_proxy: "*",
      SERVER: new URL(server.legacyUrl).host,
      TOKEN: server.token,
      PAUSE: "0",
    };
    const client = async (...words: string[]): Promise<string> =>
      (await promisify(execFile)("bash", [`${root}test/support/original-client.sh`, ...words], { env })).stdout;
    const last = async (...words: string[]): Promise<string> => (await client(...words)).split(/^── /m).at(-1) ?? "";
    const running = async (): Promise<string> =>
      (await lab.inside("n1", "docker ps --format '{{.Names}}'")) +
      (await lab.inside("n2", "docker ps --format '{{.Names}}'"));
    expect(await last("stop")).toMatch(/ stop \(.*\)\n[^]*web[^]*clock/);
    expect(await running()).toBe("");
    expect(await last("start", "web")).toMatch(/ start \(.*\)\n[^]*\nweb +n1 +started/);
    expect(await last("start", "")).toMatch(/clock/);
    expect(await last("changehost", "web", "n2")).toMatch(/ move \(.*\)\n[^]*web/);
    expect((await running()).split("\n").sort()).toEqual(["", "clock", "web"]);
    expect(await last("status")).toMatch(/web +n2 +.*running/);
    await client("changehost", "web", "n1");
    expect(await last("images")).toMatch(/web/);
    expect(await client("clearlog")).toBe("");
  });

  test("serve: killed in the middle of a move, it is settled by the next command", async () => {
    const server = await startServing(lab.status().config);
    const move = fetch(`${server.url}api/v1/containers/web/move`, {
      method: "POST",
      headers: { authorization: `Bearer ${server.token}`, "content-type": "application/json" },
      body: '{"node": "n2", "confirm": true}',
    }).catch((error: unknown) => error);
    const { stateDir, cluster } = await quietContext(lab.status().config, "test").then(async (context) => {
      await context.close();
      return context.config;
    });
    const journal = (): Promise<string[]> =>
      readdir(join(stateDir, `moves-${cluster}`)).then(
        (names) => names.filter((name) => name.endsWith(".json")),
        () => [],
      );
    await expect.poll(journal, { timeout: 30_000, interval: 5 }).not.toEqual([]);
    server.kill("SIGKILL");
    expect(await move).toBeInstanceOf(Error);
    const settled = await pictl("start", "web");
    expect(settled.code, settled.stderr).toBe(0);
    // The record stays for what may still be on its way (15 s), but nothing is left half done.
    expect((await pictl("status", "web")).code).toBe(0);
    const copies = await Promise.all(
      ["n1", "n2"].map((node) => lab.inside(node, "docker ps -a --format '{{.Names}}'")),
    );
    expect(copies.join("").match(/^web/gm)).toEqual(["web"]);
    // Where it was, for the tests below, wherever the kill has left it.
    if (copies[0]?.includes("web") !== true) expect((await pictl("move", "web", "n1", "--yes")).code).toBe(0);
  });

  test("prune: a stopped container of the layout stays, with its image; what nobody needs goes when it is said", async () => {
    await lab.inside(
      "n1",
      `docker stop -t 1 web && docker create --name theirs web true && docker tag web spare:1 &&
       printf 'FROM web\\nLABEL a=1\\n' | docker build -t derived:1 - && docker create --name stray \
       --label io.pictl.cluster="$(docker inspect -f '{{index .Config.Labels "io.pictl.cluster"}}' web)" derived:1`,
    );
    expect(await pictl("prune")).toMatchObject({ code: 4, stdout: "" });
    const names = async (...args: string[]): Promise<unknown[]> =>
      (await rows<{ container?: string; image?: string }>("leftovers", "prune", ...args)).map(
        (row) => row.container ?? row.image,
      );
    expect(await names("--dry-run")).toEqual(["stray", "derived:1"]);
    expect(await names("--yes")).toEqual(["stray", "derived:1"]);
    const left = await lab.inside(
      "n1",
      "docker ps -a --format '{{.Names}}' | sort; docker images --format '{{.Repository}}' | sort",
    );
    expect(left).toBe("theirs\nweb\nspare\nweb\n");
    expect(await names("--all", "--yes")).toEqual(["theirs"]);
    expect((await pictl("start", "web")).code).toBe(0);
  });

  test("run: a saved command on every node; a misspelt one is not run", async () => {
    await change({ commandlist: [{ Name: "hostname" }, { Lines: "cd /etc\npwd\n" }] });
    const { stdout } = await pictl("run", "Name");
    expect(stdout.split("\n").sort()).toEqual(["", "n1 | n1", "n2 | n2"]);
    expect((await pictl("run", "Lines", "--node", "n1")).stdout).toBe("n1 | /etc\n");
    const misspelt = await pictl("run", "Nane");
    expect(misspelt.code).toBe(2);
    expect(misspelt.stderr).toContain('did you mean "Name"?');
    // Nothing is run without a label, and still the node has to be one.
    const elsewhere = await pictl("run", "--node", "nope");
    expect(elsewhere).toMatchObject({ code: 2, stdout: "" });
    expect(elsewhere.stderr).toContain('No node "nope" in the config');
  });

  test("syslog: filtered lines of every node; a node whose command fails is told", async () => {
    await change({ syslog: "cat /root/log" });
    await lab.inside(
      "n1",
      "printf '<3>bad\\n<6>no error at all\\nan error\\n<3>worse\\n<6>error or not\\n' > /root/log",
    );
    const report = await pictl("syslog", "--errors", "--tail", "1");
    expect(report).toMatchObject({ code: 1, stdout: "n1 | <3>worse\n" });
    expect(report.stderr).toContain("n2: The command ended with exit code 1. It said: cat: /root/log: No such file");
  });

  test("syslog: a node that is slow keeps nobody from seeing what it and the others have said", async () => {
    await change({ syslog: 'hostname; [ "$(hostname)" = n1 ] || cat /root/gate' });
    await lab.inside("n2", "mkfifo /root/gate");
    const reading = startPictl(["syslog"], { config: join(lab.status().dir, "config.json") });
    await vi.waitUntil(() => reading.said().split("\n").length === 3, { timeout: 30_000 });
    await lab.inside("n2", "echo late >/root/gate");
    const { code, stdout } = await reading.ended;
    expect([code, stdout.split("\n").sort()]).toEqual([0, ["", "n1 | n1", "n2 | late", "n2 | n2"]]);
  });

  test("rsyslog: counted on its host, and the same counted here, with --grep or for want of Perl", async () => {
    await change({ rsyslog_host: "n2", rsyslog_logfile: "/root/all.log" });
    await lab.inside(
      "n2",
      `awk 'BEGIN { for (i = 0; i < 200000; i++) printf "Nov %2d %02d:00:00 h%d app[%d]: request %d %s\\n",
         1 + i % 20, i % 24, i % 3, i, i, i % 10 ? "done" : "failed" }' > /root/all.log`,
    );
    const [there] = await rows<Record<string, unknown>>("analyses", "rsyslog");
    expect(there).toMatchObject({
      lines: 200_000,
      counted: 200_000,
      severities: [
        { severity: "err", count: 20_000 },
        { severity: "info", count: 180_000 },
      ],
      messages: [
        { program: "app", message: "request # done", count: 180_000 },
        { program: "app", message: "request # failed", count: 20_000 },
      ],
    });
    const [here] = await rows<Record<string, unknown>>("analyses", "rsyslog", "--grep", "app");
    expect({ ...here, durationMs: 0 }).toEqual({ ...there, durationMs: 0 });

    await lab.inside("n2", "gzip -c /root/all.log > /root/all.log.gz");
    await change({ rsyslog_logfile: "/root/all.log.gz" });
    const packed = await pictl("rsyslog");
    expect(packed).toMatchObject({ code: 0, stdout: expect.stringContaining(" 0 counted, ") as string });
    expect(packed.stderr).toContain("! No line of /root/all.log.gz on n2 is one of syslog (RFC 3164 or 5424).");
    await change({ rsyslog_logfile: "/root" });
    expect((await pictl("rsyslog")).stderr).toContain("✗ n2: /root is no file, or none that this login may read.");
    await change({ rsyslog_logfile: "/root/all.log" });

    await lab.inside("n2", `mount --bind /dev/null "$(readlink -f "$(command -v perl)")"`);
    const [sent] = await rows<Record<string, unknown>>("analyses", "rsyslog");
    expect({ ...sent, durationMs: 0 }).toEqual({ ...there, durationMs: 0 });
  });

  // The last one: its daemon leads from then on.
  test.skipIf(whyNoSystemd())("under systemd: daemon and server do all of their work in their units", async () => {
    const port = await freePort();
    const { run } = await bootSystemd({ cluster: await staged({ web_port: port, heartbeat_interval: "5000" }) });
    const ours = "/node /opt/pictl/bin/run.js";
    const of = "--config /etc/pictl/config.json";
    const url = `http://127.0.0.1:${port}`;
    await run("install -d -o pictl -m 700 /home/pictl/.ssh; install -o pictl /etc/pictl/known_hosts /home/pictl/.ssh");
    for (const command of ["daemon", "serve"]) await run(`${ours} ${command} install --user pictl --yes ${of}`);
    await run("systemctl daemon-reload; systemctl enable --now pictl pictl-serve");
    // The daemon has said so by itself: `start` waits for it.
    expect(await run("systemctl show --property StatusText pictl")).toBe("StatusText=Watching the cluster.\n");
    await expect.poll(() => alive(url), soon).toBe(true);
    await expect.poll(() => run("journalctl --output cat --unit pictl"), soon).toContain('"daemon.leads"');
    expect(await run("journalctl --output cat --unit pictl-serve")).toContain(`Serving on ${url}/`);

    const added = await run(`su pictl -c "${ours} serve token add --name t --role admin --json ${of}"`);
    const { tokens } = (JSON.parse(added) as { result: { tokens: { token: string }[] } }).result;
    const ask = async (method: string, path: string, body?: object): Promise<unknown> => {
      const headers = { authorization: `Bearer ${tokens[0]?.token ?? ""}`, "content-type": "application/json" };
      const sent = { method, headers, ...(body ? { body: JSON.stringify(body) } : {}) };
      const answer = (await (await fetch(`${url}/api/v1${path}`, sent)).json()) as {
        result: unknown;
        failures: unknown;
      };
      expect(answer.failures).toEqual([]);
      return answer.result;
    };
    // A key that nobody knows yet is trusted in the user's own file, the config is edited, the journal of moves written.
    await run("rm /home/pictl/.ssh/known_hosts");
    const { keys } = (await ask("GET", "/nodes/n2/host-keys")) as { keys: { fingerprint: string; file: string }[] };
    const fingerprint = keys.map((key) => key.fingerprint);
    expect(await ask("POST", "/nodes/n2/trust", { fingerprint, confirm: true })).toMatchObject({
      keys: [{ state: "stored", file: "/home/pictl/.ssh/known_hosts" }],
    });
    await ask("PATCH", "/config", { path: "heartbeat_interval", value: "6000" });
    expect(await run("cat /etc/pictl/config.json")).toContain('"6000"');

    await run("systemctl kill --signal KILL pictl-serve");
    await expect.poll(() => run("systemctl show --property NRestarts pictl-serve"), soon).toBe("NRestarts=1\n");
    await expect.poll(() => alive(url), soon).toBe(true);
    // Of 100; what is left is the network, which they are for, and writing to their own folders.
    await run("systemd-analyze security --threshold 25 pictl pictl-serve");
    await run("systemctl disable --now pictl pictl-serve");
    expect(await run("pgrep --uid pictl || echo none")).toBe("none\n");
    expect(await alive(url)).toBe(false);
  });

  const soon = { timeout: 20_000 };
  const alive = (url: string): Promise<boolean> =>
    fetch(`${url}/healthz`).then(
      ({ ok }) => ok,
      () => false,
    );

  /** A folder with what a cluster takes, for a user who has the keys of hosts where `ssh` has them. */
  async function staged(parts: object): Promise<string> {
    const folder = temporaryFolder();
    const { dir } = lab.status();
    await Promise.all(
      ["docker", "key", "known_hosts"].map((name) => cp(join(dir, name), join(folder, name), { recursive: true })),
    );
    const config = JSON.parse(await readFile(join(dir, "config.json"), "utf8")) as Record<string, object | undefined>;
    const ssh = { ...config["ssh"], known_hosts_file: undefined };
    const text = JSON.stringify({ ...config, ssh, state_dir: undefined, ...parts }, null, 2);
    await writeFile(join(folder, "config.json"), text, { mode: 0o600 });
    return folder;
  }
});

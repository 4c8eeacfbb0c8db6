import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import type { LogRow } from "../../src/app/logs/index.ts";
import type { JsonDocument } from "../../src/view/document.ts";
import { type CliOptions, type CliRun, pictl, startPictl } from "../support/cli.ts";
import { labObstacle, withLab } from "../support/lab.ts";

const obstacle = await labObstacle();

describe.skipIf(obstacle !== undefined)("logs", () => {
  const lab = withLab({ nodes: 3 });
  let config: string;
  let cluster: string;

  beforeAll(async () => {
    config = join(lab.status().dir, "logs.json");
    const given = JSON.parse(await readFile(lab.status().config, "utf8")) as { cluster: string };
    cluster = given.cluster;
    const layout = [
      { node: "n1", app: "", big: "", live: "" },
      { node: "n2", app: "", live: "", gone: "" },
      { node: "n3", app: "" },
    ];
    await writeFile(config, JSON.stringify({ ...given, layout, hb: [], container_host_constraints: [] }), {
      mode: 0o600,
    });
    await Promise.all(
      ["n1", "n2", "n3"].map((node) =>
        lab.inside(node, "tar -C /var/tmp --transform 's,.*/,bin/,' -cP /bin/busybox | docker import - bb"),
      ),
    );
    const ours = `--label io.pictl.cluster=${cluster}`;
    const ticks = 'for i in 1 2 3 4 5 6 7 8; do echo "tick $i"; sleep 0.1; done; echo "oops" >&2';
    await Promise.all([run("n1", "app", ours, ticks), run("n2", "app", ours, ticks)]);
    await run("n1", "big", ours, "seq 1 100000; printf '\\033[31mred'");
    await run("n3", "app", "", "echo foreign");
    await lab.inside("n1", "docker wait app big");
    await lab.inside("n2", "docker wait app");
    for (const node of ["n1", "n2"]) {
      // Speaks when it is spoken to, and ends when it is told to.
      const text =
        "mkdir -p /tmp; echo begun; while :; do for f in /tmp/say*; do [ -e $f ] && cat $f && rm $f; done; [ -e /tmp/end ] && exit 0; sleep 0.05; done";
      await run(node, "live", ours, text);
    }
  });

  async function run(node: string, name: string, options: string, text: string): Promise<void> {
    // Everything in the container is a busybox applet.
    const program = `/bin/busybox --install -s /bin; ${text}`.replaceAll("'", "'\\''");
    await lab.inside(node, `docker run -d --name ${name} ${options} -e PATH=/bin bb /bin/busybox sh -c '${program}'`);
  }
  const options = (extra: Partial<CliOptions> = {}): CliOptions => ({ config, ...extra });
  const logs = (words: string[], extra: Partial<CliOptions> = {}): Promise<CliRun> =>
    pictl(["logs", ...words], options(extra));
  const json = async (words: string[]) => {
    const { code, stdout } = await logs([...words, "--json"]);
    const document = JSON.parse(stdout) as JsonDocument & { result: { lines: LogRow[] } };
    expect(code).toBe(document.exitCode);
    return document;
  };
  /** What ends the container ends with it, and may not have ended before. */
  const inLive = (node: string, text: string): Promise<string> =>
    lab.inside(node, `docker exec --detach live /bin/busybox sh -c '${text}'`);

  test("all nodes in one log, by time, with stdout and stderr", async () => {
    const { ok, failures, result } = await json(["app@n1", "app@n2"]);
    expect({ ok, failures }).toEqual({ ok: true, failures: [] });
    expect(result.lines.map((row) => row.time)).toEqual(result.lines.map((row) => row.time).sort());
    const said = [...[1, 2, 3, 4, 5, 6, 7, 8].map((tick) => ["stdout", `tick ${tick}`]), ["stderr", "oops"]];
    for (const node of ["n1", "n2"]) {
      const own = result.lines.filter((row) => row.node === node);
      expect(own.map(({ stream, line }) => [stream, line])).toEqual(said);
      expect(own.every((row) => row.container === "app")).toBe(true);
    }
  });

  test("lines have their container and node in front", async () => {
    const { stdout, code } = await logs(["app", "--node", "n1", "--tail", "2"]);
    expect({ stdout, code }).toEqual({ stdout: "app@n1 | tick 8\napp@n1 | oops\n", code: 0 });
    const bare = await logs(["app@n1", "--grep", "tick [23]$", "--no-prefix", "--timestamps"]);
    expect(bare.stdout).toMatch(/^20\S+Z tick 2\n20\S+Z tick 3\n$/);
  });

  test("--since and --tail", async () => {
    const all = (await json(["app@n1"])).result.lines;
    const since = (await json(["app@n1", "--since", all[4]?.time.replace(/\d{6}Z$/, "Z") ?? ""])).result.lines;
    expect(since).toEqual(all.slice(4));
    expect((await json(["app@n1", "--since", "2001-01-01", "--tail", "3"])).result.lines).toEqual(all.slice(-3));
    expect((await json(["app@n1", "--tail", "0"])).result.lines).toEqual([]);
  });

  test("100,000 lines", async () => {
    const { stdout } = await logs(["big", "--no-prefix", "--grep", "^\\d+$"]);
    expect(stdout).toBe(Array.from({ length: 100_000 }, (_, index) => `${index + 1}\n`).join(""));
  });

  test("on a terminal control sequences are shown; --raw sends them", async () => {
    const words = ["big", "--tail", "1"];
    expect((await logs(words, { terminal: true })).stdout).toContain("big@n1 | \\x1b[31mred");
    expect((await logs([...words, "--raw"], { terminal: true })).stdout).toContain("big@n1 | \u001b[31mred");
    expect((await logs(words)).stdout).toBe("big@n1 | \u001b[31mred\n");
  });

  test("a container that is not there or not ours is a failure, and the others are read", async () => {
    const { exitCode, failures, result } = await json(["app", "gone", "--tail", "1"]);
    expect(result.lines.map((row) => `${row.container}@${row.node}`).sort()).toEqual(["app@n1", "app@n2"]);
    expect(failures.map(({ container, node, code }) => [container, node, code]).sort()).toEqual([
      ["app", "n3", "container-foreign"],
      ["gone", "n2", "container-missing"],
    ]);
    expect(exitCode).toBe(1);
  });

  test("followed: what cannot be is told at once, with the reason", async () => {
    await run("n2", "gone", `--label io.pictl.cluster=${cluster} --log-driver none`, "sleep 600");
    const following = startPictl(["logs", "app@n3", "gone", "live", "--follow", "--tail", "1"], options());
    await expect.poll(following.complained, { timeout: 20_000 }).toMatch(/gone@n2: its log is not followed/);
    following.kill("SIGINT");
    const { code, stderr } = await following.ended;
    expect(code).toBe(130);
    const [told, summed] = stderr.split("Stopping;");
    expect(told).toContain("! app@n3: its log is not followed. ");
    expect(told).toContain(
      "! gone@n2: its log is not followed. Docker cannot read the container's log: its log driver",
    );
    expect(summed).toContain(
      "✗ gone@n2: Docker cannot read the container's log: its log driver sends it elsewhere.\n  → ",
    );
    await lab.inside("n2", "docker rm -f gone");
  });

  test("followed: what was, what comes, and the end of each", async () => {
    const following = startPictl(["logs", "live", "--follow"], options());
    await expect.poll(following.said, { timeout: 20_000 }).toMatch(/begun\n.*begun\n/);
    await inLive("n1", "echo one > /tmp/say");
    await expect.poll(following.said, { timeout: 10_000 }).toContain("live@n1 | one\n");
    await inLive("n2", "echo two > /tmp/say");
    await expect.poll(following.said, { timeout: 10_000 }).toContain("live@n2 | two\n");
    await inLive("n1", "echo last > /tmp/say; touch /tmp/end");
    await expect.poll(following.said, { timeout: 10_000 }).toContain("live@n1 | last\n");
    await inLive("n2", "touch /tmp/end");
    const { code, stdout, stderr } = await following.ended;
    expect(code).toBe(0);
    expect(stdout.split("\n").filter((line) => line.includes("begun"))).toHaveLength(2);
    expect(stderr).toContain("live@n1: the log ended");
    expect(stderr).toContain("live@n2: the log ended");
  });

  test("followed as JSON lines, until Ctrl-C", async () => {
    await lab.inside("n2", "docker rm -f live");
    await run("n2", "live", `--label io.pictl.cluster=${cluster}`, "echo begun; sleep 600");
    const following = startPictl(["logs", "live@n2", "app@n3", "--follow", "--json", "--tail", "1"], options());
    await expect.poll(following.said, { timeout: 20_000 }).toContain('"line":"begun"');
    following.kill("SIGINT");
    const { code, stdout } = await following.ended;
    expect(code).toBe(130);
    const rows = stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(rows[0]).toEqual({
      time: expect.stringMatching(/Z$/) as string,
      container: "live",
      node: "n2",
      stream: "stdout",
      line: "begun",
    });
    expect(rows.at(-1)).toMatchObject({ failure: { code: "container-foreign", node: "n3" } });
  });

  test("a node that cannot be reached is a failure, and the others are read", async () => {
    await lab.kill("n2");
    const { exitCode, failures, result } = await json(["app@n1", "app@n2", "--tail", "1"]);
    expect(result.lines.map((row) => row.node)).toEqual(["n1"]);
    expect(failures).toMatchObject([{ code: "node-unreachable", node: "n2", container: "app" }]);
    expect(exitCode).toBe(3);
  });
});

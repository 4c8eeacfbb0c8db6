import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import type { LogRow } from "../../src/app/logs/index.ts";
import { quote } from "../../src/domain/shell.ts";
import { startPictl } from "../support/cli.ts";
import { labObstacle, withLab } from "../support/lab.ts";

const obstacle = await labObstacle();

/** A line that died silently is noticed after 15 to 20 s, a node is asked every 15 s at the latest, for a few s each. */
const patience = 90_000;

const options = { timeout: 240_000 };

describe.skipIf(obstacle !== undefined)("logs --follow through what happens to nodes", options, () => {
  const lab = withLab({ nodes: 2 });
  let config: string;
  let cluster: string;

  beforeAll(async () => {
    config = join(lab.status().dir, "logs.json");
    const given = JSON.parse(await readFile(lab.status().config, "utf8")) as { cluster: string };
    cluster = given.cluster;
    const layout = [
      { node: "n1", steady: "" },
      { node: "n2", numbers: "" },
    ];
    const wanted = { ...given, layout, hb: [], container_host_constraints: [] };
    await writeFile(config, JSON.stringify(wanted), { mode: 0o600 });
    for (const node of ["n1", "n2"]) {
      await lab.inside(node, "tar -C /var/tmp --transform 's,.*/,bin/,' -cP /bin/busybox | docker import - bb");
    }
    await run("n1", "steady", "i=0; while :; do i=$((i+1)); echo $i; usleep 100000; done");
  });

  /** Writes numbers to stdout, many at a time, and some to stderr. */
  async function count(): Promise<void> {
    const text = "i=0; while :; do i=$((i+1)); seq $((i*10)) $((i*10+9)); echo $i >&2; usleep 50000; done";
    await run("n2", "numbers", text);
  }
  async function run(node: string, name: string, text: string): Promise<void> {
    // Everything in the container is a busybox applet.
    const program = `/bin/busybox --install -s /bin; ${text}`;
    const options = `--name ${name} --restart always --label io.pictl.cluster=${cluster} -e PATH=/bin`;
    await lab.inside(node, `docker run -d ${options} bb /bin/busybox sh -c '${program}'`);
  }
  // What a test has stopped, and has not come to starting again, too.
  afterEach(async () => {
    if (lab.status().nodes.some(({ state }) => state !== "running")) await lab.start("n2");
    await lab.inside("n2", "kill -HUP 1; docker rm -f numbers");
    await lab.inside("n1", "docker start steady");
  });

  function follow(...words: string[]) {
    const { said, complained, ended, kill } = startPictl(["logs", ...words, "--follow", "--json"], { config });
    const rows = (): (LogRow & { failure?: unknown })[] =>
      said()
        .split("\n")
        .slice(0, -1)
        .map((line) => JSON.parse(line) as LogRow);
    const of = (container: string): LogRow[] => rows().filter((row) => row.container === container);
    const over = ended.then(({ code, stdout, stderr }): never => {
      throw new Error(`it ended with ${String(code)}: ${stderr}${stdout.split("\n").slice(-2).join("\n")}`);
    });
    over.catch(() => undefined);
    /** Waits for lines that are not there yet. */
    const more = async (container: string): Promise<void> => {
      const before = of(container).length;
      const come = expect.poll(() => of(container).length, { timeout: patience }).toBeGreaterThan(before + 20);
      await Promise.race([come, over]);
    };
    return { rows, of, more, complained, ended, kill };
  }

  /** Ends the writer, and compares what was followed with all that Docker has. */
  async function expectWhole({ of, ended }: ReturnType<typeof follow>): Promise<string> {
    await lab.inside("n2", "docker stop -t 0 numbers");
    const { code, stderr } = await ended;
    expect(code).toBe(0);
    const stream = (name: LogRow["stream"]): string[] =>
      of("numbers").flatMap((row) => (row.stream === name ? [row.line] : []));
    const docker = async (redirection: string): Promise<string[]> =>
      (await lab.inside("n2", `docker logs numbers ${redirection}`)).split("\n").slice(0, -1);
    expect(stream("stdout")).toEqual(await docker("2>/dev/null"));
    expect(stream("stderr")).toEqual(await docker("2>&1 >/dev/null"));
    return stderr;
  }
  async function endSshd(): Promise<void> {
    await lab.inside("n2", "pkill sshd; while [ ! -e /run/sshd.exit ]; do sleep 0.1; done");
  }
  /** Starts what has ended. */
  async function startServices(): Promise<void> {
    await lab.inside("n2", "kill -HUP 1");
  }
  const lostAndBack = /^! n2: .*\. Its logs go on when it answers again\.\n! n2 answers again; .*\n$/;

  test("a line that is cut and healed; the other node's log does not wait", async () => {
    await count();
    const following = follow("steady", "numbers");
    await following.more("numbers");
    await lab.cut("n2");
    try {
      // What had come through may still be on its way through the program.
      await following.more("steady");
      const known = following.of("numbers").length;
      // Long enough for the loss to be noticed, and for a connection in vain.
      const until = Date.now() + 30_000;
      while (Date.now() < until) await following.more("steady");
      expect(following.of("numbers").length).toBeLessThan(known + 200);
    } finally {
      await lab.heal("n2");
    }
    await following.more("numbers");
    await lab.inside("n1", "docker stop -t 0 steady");
    const stderr = await expectWhole(following);
    await lab.inside("n1", "docker start steady");
    expect(stderr).toMatch(lostAndBack);
    const numbers = following.of("numbers").filter(({ stream }) => stream === "stdout");
    expect(numbers.map(({ line }) => Number(line))).toEqual(numbers.map((_, index) => index + 10));
    const steady = following.of("steady");
    expect(steady.map(({ line }) => Number(line))).toEqual(steady.map((_, index) => index + 1));
  });

  test("an sshd that is killed and comes back after a while", async () => {
    await count();
    const following = follow("numbers");
    await following.more("numbers");
    await endSshd();
    const refused = startPictl(["exec", "true", "--node", "n2"], { config });
    expect((await refused.ended).code).toBe(3);
    await startServices();
    await following.more("numbers");
    expect(await expectWhole(following)).toMatch(lostAndBack);
  });

  test("a connection that ends again while Docker is asked", async () => {
    await count();
    const following = follow("numbers");
    await following.more("numbers");
    await lab.inside("n2", "pkill -STOP dockerd");
    try {
      await endSshd();
      await expect.poll(following.complained, { timeout: patience }).toContain("go on when it answers again");
      await startServices();
      // Who asks Docker stands in its queue.
      const queue = "ss -xlH | awk '/docker.sock/ && $3 { waits = 1 } END { exit !waits }'";
      await lab.inside("n2", `until ${queue}; do sleep 0.1; done`);
      await endSshd();
      await startServices();
    } finally {
      await lab.inside("n2", "pkill -CONT dockerd");
    }
    await following.more("numbers");
    expect(await expectWhole(following)).toMatch(lostAndBack);
  });

  test("a container that is restarted", async () => {
    await count();
    const following = follow("numbers");
    await following.more("numbers");
    await lab.inside("n2", "docker restart -t 0 numbers");
    await following.more("numbers");
    expect(await expectWhole(following)).toBe("");
  });

  test("a dockerd that is stopped and started", async () => {
    await count();
    const following = follow("numbers");
    await following.more("numbers");
    await lab.inside("n2", "pkill dockerd; while [ ! -e /run/dockerd.exit ]; do sleep 0.1; done; kill -HUP 1");
    await following.more("numbers");
    await expectWhole(following);
  });

  test("a node that loses its power", async () => {
    await count();
    const following = follow("numbers");
    await following.more("numbers");
    await lab.kill("n2");
    await lab.start("n2");
    await following.more("numbers");
    await expectWhole(following);
  });

  test("a container that is moved is followed, its last words on the old node and all of the new one's", async () => {
    const written = JSON.parse(await readFile(config, "utf8")) as { layout: Record<string, unknown>[] };
    const walker = { ...written, layout: [{ node: "n1", walker: { image: "walker" } }, { node: "n2" }] };
    await writeFile(config, JSON.stringify(walker));
    const counts = "i=0; trap 'echo goodbye; exit' TERM; while :; do i=$((i+1)); echo $i; usleep 100000; done";
    const program = JSON.stringify(["/bin/busybox", "sh", "-c", `/bin/busybox --install -s /bin; ${counts}`]);
    for (const node of ["n1", "n2"]) {
      const image = `docker import -c 'ENV PATH=/bin' -c ${quote(`CMD ${program}`)} - walker`;
      await lab.inside(node, `tar -C /var/tmp --transform 's,.*/,bin/,' -cP /bin/busybox | ${image}`);
    }
    const pictl = (...words: string[]) => startPictl(words, { config }).ended;
    expect(await pictl("create", "walker")).toMatchObject({ code: 0 });
    const following = follow("walker");
    const pinned = startPictl(["logs", "walker@n1", "--follow", "--tail", "1"], { config });
    await following.more("walker");
    await expect.poll(pinned.said, { timeout: patience }).not.toBe("");
    expect(await pictl("move", "walker", "n2")).toMatchObject({ code: 0 });
    await following.more("walker");
    // Who asks for one node gets no other, and is told.
    expect(await pinned.ended).toMatchObject({
      code: 0,
      stderr: expect.stringContaining("it is on n2 now; `pictl logs walker@n2 --follow` goes on there") as string,
    });
    expect(await pictl("container", "remove", "walker", "--yes")).toMatchObject({ code: 0 });
    const { code, stderr } = await following.ended;
    await writeFile(config, JSON.stringify(written));
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr: "! walker has been moved from n1 to n2; its log goes on there.\n",
    });
    for (const node of ["n1", "n2"]) {
      const lines = following.of("walker").flatMap((row) => (row.node === node ? [row.line] : []));
      expect(lines.length).toBeGreaterThan(10);
      // What removes a container waits for no last words; they may come in time all the same.
      const last = node === "n1" || lines.at(-1) === "goodbye" ? "goodbye" : String(lines.length);
      expect(lines).toEqual([...lines.slice(0, -1).map((_, index) => String(index + 1)), last]);
    }
  });

  test("a node that is dead at the beginning keeps nobody waiting, and is read when it comes", async () => {
    await count();
    await lab.kill("n2");
    const written = JSON.parse(await readFile(config, "utf8")) as { ssh: object };
    await writeFile(config, JSON.stringify({ ...written, ssh: { ...written.ssh, connect_timeout: 10 } }));
    const following = follow("steady", "numbers");
    await expect.poll(() => following.of("steady").length, { timeout: patience }).toBeGreaterThan(0);
    // A connection in vain takes ten seconds.
    expect(following.complained()).toBe("");
    await writeFile(config, JSON.stringify(written));
    await expect.poll(following.complained, { timeout: patience }).toMatch(/^! n2: .*answers again/);
    await lab.start("n2");
    await following.more("numbers");
    await lab.inside("n1", "docker stop -t 0 steady");
    const stderr = await expectWhole(following);
    await lab.inside("n1", "docker start steady");
    expect(stderr).toMatch(lostAndBack);
  });

  test("Ctrl-C while a node is lost ends it at once, and tells what is missing", async () => {
    await count();
    const following = follow("steady", "numbers");
    await following.more("numbers");
    await endSshd();
    await following.more("steady");
    following.kill("SIGINT");
    const { code } = await following.ended;
    await startServices();
    expect(code).toBe(130);
    expect(following.rows().at(-1)).toMatchObject({ failure: { node: "n2", code: "node-unreachable" } });
  });
});

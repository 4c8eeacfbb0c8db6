import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, test } from "vitest";
import { labDown, type LabOptions, labStatus, type LabStatus, labUp } from "../../src/lab/index.ts";
import { processRef } from "../../src/lab/machine/process.ts";
import { footprint, namespacesOf, sinceBoot } from "../support/lab-footprint.ts";
import { labName, labObstacle, silent } from "../support/lab.ts";

const obstacle = await labObstacle();

describe.skipIf(obstacle !== undefined)("a lab's life", () => {
  const names: string[] = [];
  const folders: string[] = [];
  afterEach(async () => {
    for (const name of names.splice(0)) await labDown({ name }, silent);
    for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
  });

  /** Options of a small lab of its own, which is taken down after the test. */
  const fresh = (options: LabOptions = {}): LabOptions & { name: string; dir: string } => {
    const name = labName();
    names.push(name);
    return { name, dir: join(tmpdir(), `pictl-${name}`), nodes: 2, docker: false, ...options } as LabOptions & {
      name: string;
      dir: string;
    };
  };
  /** What node is called with to bring a lab up in a process of its own. */
  const upWords = (options: LabOptions): string[] => [
    "--import",
    "tsx",
    fileURLToPath(new URL("../support/lab-up.ts", import.meta.url)),
    JSON.stringify(options),
  ];
  /** The same for `unshare`, after what a line of sh did to the mounts; the line ends with `exec "$@"`. */
  const upAfter = (mounts: string, options: LabOptions): string[] => [
    ...["--mount", "sh", "-ec", mounts, "sh", process.execPath],
    ...upWords(options),
  ];
  const folder = (): string => {
    const dir = mkdtempSync(join(tmpdir(), "pictl-lab-"));
    folders.push(dir);
    return dir;
  };
  const namespaces = (status: LabStatus): Set<string> =>
    new Set(
      [status.switchPid, ...status.nodes.map((node) => node.pid)].flatMap((pid) =>
        pid === null ? [] : [...namespacesOf(pid)],
      ),
    );

  test("down leaves nothing behind, and twice is the same as once", async () => {
    const { name, dir } = fresh();
    const deep = join(dir, "not/there/yet");
    const status = await labUp({ name, dir: deep, nodes: 2 }, silent);
    const mark = { name, dir: deep, namespaces: namespaces(status), seenAt: sinceBoot() };
    expect(mark.namespaces.size).toBeGreaterThanOrEqual(10);
    const kinds = new Set(footprint(mark).map((line) => line.split(" ")[0]));
    expect([...kinds]).toEqual(expect.arrayContaining(["process", "mount", "interface", "registry", "folder"]));

    expect(await labDown({ name }, silent)).toMatchObject({ name, dir: deep });
    expect(footprint(mark)).toEqual([]);
    expect(existsSync(dir)).toBe(false);
    expect(await labDown({ name }, silent)).toEqual({ name, dir: null, nodes: [], kept: [] });
    await expect(labStatus({ name })).rejects.toMatchObject({ code: "lab-failed" });
  });

  test("programs that only root's PATH has are found, whatever the caller's is", async () => {
    const options = fresh({ nodes: 1, docker: true });
    const env = { ...process.env, PATH: "/usr/bin:/bin" };
    const up = spawn(process.execPath, upWords(options), { env, stdio: ["ignore", "ignore", "pipe"] });
    let complaint = "";
    up.stderr.on("data", (chunk: Buffer) => (complaint += chunk.toString()));
    const [code] = (await once(up, "close")) as [number | null];
    expect(code, complaint).toBe(0);
    expect(readdirSync(join(options.dir, "docker/web/rootfs/bin"))).toContain("sh");
  });

  test("containers, also a paused one, their control groups and their mounts go too", async () => {
    const options = fresh({ nodes: 1, docker: true });
    const status = await labUp(options, silent);
    const pid = status.nodes[0]?.pid ?? 0;
    const docker =
      "mkdir /root/i; cp $(command -v busybox) /root/i/; tar -C /root/i -c . | docker import - i; " +
      "docker run -d i /busybox sleep 1000; docker pause $(docker run -d i /busybox sleep 1000)";
    const inside = spawn("nsenter", ["-t", String(pid), "-a", "-r", "-w", "sh", "-ec", docker], { stdio: "ignore" });
    expect(await once(inside, "exit")).toEqual([0, null]);
    const mark = { name: options.name, dir: options.dir, namespaces: namespaces(status), seenAt: sinceBoot() };
    expect(footprint(mark).filter((line) => line.startsWith("cgroup"))).not.toEqual([]);
    await labDown(options, silent);
    expect(footprint(mark)).toEqual([]);
  });

  // The moments are files that appear one after the other while a lab comes up.
  test.each([
    "/run/pictl-lab/NAME.json",
    "DIR/lab.json",
    "DIR/key",
    "/run/pictl-lab/NAME/switch",
    "DIR/known_hosts",
    "DIR/nodes/n1/root",
    "DIR/nodes/n1/fstab",
    "/run/pictl-lab/NAME/n1",
    "/run/pictl-lab/NAME/n3",
    "DIR/nodes/n1/root/var/log/sshd.log",
    "DIR/nodes/n3/root/var/log/dockerd.log",
  ])("killed when %s appears, it leaves what down can remove", async (moment) => {
    const options = fresh({ nodes: 3, docker: true });
    const up = spawn(process.execPath, upWords(options), { stdio: "ignore" });
    const file = moment.replace("NAME", options.name).replace("DIR", options.dir);
    while (!existsSync(file) && up.exitCode === null) await sleep(1);
    const [seen, seenAt] = [namespacesOf(up.pid ?? 0), sinceBoot()];
    up.kill("SIGKILL");
    if (up.exitCode === null && up.signalCode === null) await once(up, "exit");
    expect(up.signalCode).toBe("SIGKILL");
    await labDown(options, silent);
    // A program that `up` had just started, as `ssh-keygen`, ends when it finds its folder gone.
    const mark = { name: options.name, dir: options.dir, namespaces: seen, seenAt };
    await expect.poll(() => footprint(mark)).toEqual([]);
  });

  test("what an interrupted up left does not stop the next one", async () => {
    const options = fresh();
    const up = spawn(process.execPath, upWords(options), { stdio: "ignore" });
    while (!existsSync(`/run/pictl-lab/${options.name}/n2`) && up.exitCode === null) await sleep(1);
    up.kill("SIGKILL");
    await once(up, "exit");
    const status = await labUp(options, silent);
    expect(status.nodes.map(({ state, sshd }) => ({ state, sshd }))).toEqual([
      { state: "running", sshd: true },
      { state: "running", sshd: true },
    ]);
  });

  test("interrupted, it takes down what it made", async () => {
    const options = fresh({ docker: true });
    const controller = new AbortController();
    const progress = {
      ...silent.progress,
      step: (where: string) => {
        if (where === "n2") controller.abort();
        return silent.progress.step(where, "");
      },
    };
    await expect(labUp(options, { progress, signal: controller.signal })).rejects.toMatchObject({
      code: "interrupted",
    });
    expect(footprint(options)).toEqual([]);
  });

  test("labs side by side have networks of their own", async () => {
    const [one, two] = [fresh(), fresh()];
    const [first, second] = await Promise.all([labUp(one, silent), labUp(two, silent)]);
    expect(first.subnet).not.toBe(second.subnet);
    await labDown(one, silent);
    expect((await labStatus(two)).nodes.every((node) => node.state === "running" && node.sshd)).toBe(true);
    const clash = { ...one, subnet: second.subnet };
    await expect(labUp(clash, silent)).rejects.toMatchObject({
      code: "usage",
      message: expect.stringContaining(two.name) as string,
    });
    expect(footprint(one)).toEqual([]);
  });

  test("a lab whose folder was removed by hand goes down all the same", async () => {
    const options = fresh();
    const status = await labUp(options, silent);
    const mark = { ...options, namespaces: namespaces(status), seenAt: sinceBoot() };
    rmSync(options.dir, { recursive: true });
    await labDown({ name: options.name }, silent);
    expect(footprint(mark)).toEqual([]);
  });

  test("a lab that is up is not started a second time", async () => {
    const options = fresh();
    const results = await Promise.allSettled([labUp(options, silent), labUp(options, silent)]);
    expect(results.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    await expect(labUp(options, silent)).rejects.toMatchObject({
      code: "lab-failed",
      message: expect.stringContaining("already up") as string,
    });
    expect((await labStatus(options)).nodes.every((node) => node.sshd)).toBe(true);
  });

  test("down --keep keeps identity, disks and an edited config for the next up", async () => {
    const options = fresh();
    const before = await labUp(options, silent);
    writeFileSync(before.config, '{"mine": true}');
    writeFileSync(join(options.dir, "nodes/n1/root/root/kept"), "");
    const known = readFileSync(join(options.dir, "known_hosts"), "utf8");
    await labDown({ name: options.name, keep: true }, silent);
    expect(footprint(options)).toEqual([`folder ${options.dir}`]);
    const after = await labUp({ ...options, sshdOptions: ["MaxSessions=3"] }, silent);
    expect(after.subnet).toBe(before.subnet);
    expect(readFileSync(`/proc/${after.nodes[0]?.pid ?? 0}/root/etc/ssh/sshd_config`, "utf8")).toMatch(
      /^MaxSessions 3$/m,
    );
    expect(readFileSync(after.config, "utf8")).toBe('{"mine": true}');
    expect(readFileSync(join(options.dir, "known_hosts"), "utf8")).toBe(known);
    expect(existsSync(join(options.dir, "nodes/n1/root/root/kept"))).toBe(true);
    await labDown(options, silent);
    expect(footprint(options)).toEqual([]);
  });

  test("what somebody puts into the lab's own folder stays", async () => {
    const dir = join(folder(), "new");
    const options = fresh({ dir, nodes: 1, docker: true });
    await labUp(options, silent);
    mkdirSync(join(dir, "docker", "shop"));
    writeFileSync(join(dir, "notes"), "");
    const { kept } = await labDown(options, silent);
    expect(kept).toEqual(["docker/shop", "notes"]);
    expect(readdirSync(dir).sort()).toEqual(["docker", "notes"]);
    expect(readdirSync(join(dir, "docker"))).toEqual(["shop"]);
  });

  test("a folder that was there keeps what was in it", async () => {
    const dir = folder();
    writeFileSync(join(dir, "config.json"), "{}");
    writeFileSync(join(dir, "notes"), "");
    const options = fresh({ dir });
    await labUp(options, silent);
    expect(readFileSync(join(dir, "config.json"), "utf8")).toBe("{}");
    await labDown(options, silent);
    expect(footprint(options)).toEqual([`folder ${dir}`]);
    expect(existsSync(join(dir, "config.json")) && existsSync(join(dir, "notes"))).toBe(true);
    expect(existsSync(join(dir, "lab.json")) || existsSync(join(dir, "nodes"))).toBe(false);
  });

  test("a folder with a key of somebody's is refused", async () => {
    const dir = folder();
    writeFileSync(join(dir, "key"), "mine");
    const options = fresh({ dir });
    await expect(labUp(options, silent)).rejects.toMatchObject({
      code: "usage",
      message: `${dir} already holds key, which no lab wrote.`,
    });
    expect(readFileSync(join(dir, "key"), "utf8")).toBe("mine");
  });

  test.each([
    ["its start time differs", { startTime: "1" }, {}],
    ["this machine was rebooted since", {}, { bootId: "another" }],
  ])("a stranger that has a recorded process id lives on: %s", async (_, ref, record) => {
    const dir = folder();
    const options = fresh({ dir });
    await labUp(options, silent);
    await labDown({ name: options.name, keep: true }, silent);
    const stranger = spawn("sleep", ["1000"], { stdio: "ignore" });
    try {
      mkdirSync(`/run/pictl-lab/${options.name}`, { recursive: true });
      const stale = { ...processRef(stranger.pid ?? 0), ...ref };
      for (const file of ["n1", "switch"])
        writeFileSync(`/run/pictl-lab/${options.name}/${file}`, JSON.stringify(stale));
      const written = JSON.parse(readFileSync(join(dir, "lab.json"), "utf8")) as object;
      writeFileSync(join(dir, "lab.json"), JSON.stringify({ ...written, ...record }));
      expect(await labDown({ name: options.name, dir }, silent)).toMatchObject({ dir });
      expect(footprint(options)).toEqual([`folder ${dir}`]);
      expect(stranger.exitCode ?? stranger.signalCode).toBeNull();
    } finally {
      stranger.kill("SIGKILL");
    }
  });

  test("a bad sshd option is told with sshd's own words, and nothing stays running", async () => {
    const options = fresh({ sshdOptions: ["MaxSessions=many"] });
    await expect(labUp(options, silent)).rejects.toMatchObject({
      code: "lab-failed",
      message: expect.stringMatching(/n[12] did not start: sshd exited with 255[^]*invalid|Bad|maxsessions/i) as string,
      hint: expect.stringContaining("sshd.log") as string,
    });
    expect(footprint(options).filter((line) => !/^(folder|registry)/.test(line))).toEqual([]);
    await labDown(options, silent);
    expect(footprint(options)).toEqual([]);
  });

  test("a Docker engine that cannot start is told with the end of its log", async () => {
    const options = fresh({ nodes: 1, docker: true, disk: "4k" });
    await expect(labUp(options, silent)).rejects.toMatchObject({
      code: "lab-failed",
      node: "n1",
      message: expect.stringMatching(
        /^Lab node n1 did not start: dockerd exited with 1\.\n[^]*failed to start daemon: /,
      ) as string,
      hint: `The whole log is ${options.dir}/nodes/n1/root/var/log/dockerd.log.`,
    });
  });

  test("on a file system that holds no overlay, nodes get a copy of /etc and this machine's programs read-only", async () => {
    const base = folder();
    for (const name of ["lower", "upper", "work", "merged"]) mkdirSync(join(base, name));
    const options = fresh({ nodes: 1, dir: join(base, "merged/lab") });
    const layers = `lowerdir=${base}/lower,upperdir=${base}/upper,workdir=${base}/work`;
    const onOverlay = `mount -t overlay overlay -o ${layers} ${base}/merged; exec "$@"`;
    const up = spawn("unshare", upAfter(onOverlay, options), { stdio: ["ignore", "inherit", "inherit"] });
    expect(await once(up, "exit")).toEqual([0, null]);
    const { nodes } = await labStatus(options);
    const looks = "cat /etc/hostname; touch /etc/mine && echo writable; touch /usr/mine 2>/dev/null || echo read-only";
    const inside = spawn("nsenter", ["-t", String(nodes[0]?.pid), "-a", "-r", "-w", "sh", "-c", looks]);
    let text = "";
    inside.stdout.on("data", (chunk: Buffer) => (text += chunk.toString()));
    await once(inside, "close");
    expect(text).toBe("n1\nwritable\nread-only\n");
    expect(existsSync("/etc/mine")).toBe(false);
    await labDown(options, silent);
    expect(footprint(options)).toEqual([]);
  });

  test("a program that is missing is told by its package", async () => {
    const options = fresh();
    const hidden = 'mount --bind /dev/null /usr/sbin/nft; exec "$@"';
    const up = spawn("unshare", upAfter(hidden, options));
    let text = "";
    up.stderr.on("data", (chunk: Buffer) => (text += chunk.toString()));
    expect(await once(up, "close")).toEqual([1, null]);
    expect(text).toContain("A lab needs programs that this machine lacks: packages nftables.");
    expect(text).toContain("`apt-get install nftables`");
    expect(footprint(options)).toEqual([]);
  });

  test("sshd options reach sshd, and a small disk is full soon", async () => {
    const options = fresh({ nodes: 1, sshdOptions: ["MaxSessions=1", "MaxStartups=2:50:3"], disk: "1m" });
    const { nodes } = await labUp(options, silent);
    const script =
      "$(command -v sshd) -T | grep -iE '^max(sessions|startups)'; head -c 2m /dev/zero >/var/lib/docker/x || true";
    const inside = spawn("nsenter", ["-t", String(nodes[0]?.pid), "-a", "-r", "-w", "sh", "-c", script]);
    let text = "";
    for (const stream of [inside.stdout, inside.stderr])
      stream.on("data", (chunk: Buffer) => (text += chunk.toString()));
    await once(inside, "close");
    expect(text).toMatch(
      /maxstartups 2:50:3[^]*maxsessions 1[^]*No space left on device|maxsessions 1[^]*maxstartups 2:50:3[^]*No space left/,
    );
  });

  test("who is not root is told so", async () => {
    process.seteuid?.(65534);
    try {
      await expect(labUp(fresh(), silent)).rejects.toMatchObject({
        code: "missing-prerequisite",
        hint: expect.stringContaining("sudo") as string,
      });
    } finally {
      process.seteuid?.(0);
    }
  });
});

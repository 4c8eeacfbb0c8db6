import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import {
  appendFileSync,
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import ImagePush from "../../commands/image/push.ts";
import { buildImages, type BuildInput } from "../../src/app/build.ts";
import { buildImage } from "../../src/app/image/build-image.ts";
import { build as buildCommand } from "../../src/domain/docker/client/build-command.ts";
import type { PushRow } from "../../src/app/image/push.ts";
import { words } from "../../src/domain/shell.ts";
import { placement } from "../fakes/config.ts";
import { type DocumentOf, documentOf, runCommand } from "../support/command.ts";
import { imageArchive } from "../support/image-archive.ts";
import { labObstacle, withLab } from "../support/lab.ts";
import { type RealPorts, realPorts } from "../support/ports.ts";

const obstacle = await labObstacle();
const nodes = ["n1", "n2", "n3"];

describe.skipIf(obstacle !== undefined)("build", () => {
  const lab = withLab({ nodes: 3 });
  let real: RealPorts;
  let folders: string;
  beforeAll(async () => {
    real = await realPorts(lab);
    folders = join(lab.status().dir, "test-images");
    mkdirSync(folders);
  });
  afterAll(() => real.close());

  /** A build folder with a busybox and these lines after `COPY . /`. */
  function image(name: string, ...lines: string[]): string {
    const folder = join(folders, name);
    mkdirSync(join(folder, "bin"), { recursive: true });
    copyFileSync(join(lab.status().dir, "docker/web/rootfs/bin/busybox"), join(folder, "bin/busybox"));
    writeFileSync(join(folder, "Dockerfile"), ["FROM scratch", "COPY . /", ...lines, ""].join("\n"));
    return folder;
  }

  function build(name: string, parts: Partial<BuildInput> & { on?: string[]; folder?: string } = {}) {
    const { on = nodes, folder = join(folders, name), ...flags } = parts;
    const placements = on.map((node) => placement(name, node, { build: folder }));
    const defaults = { noCache: false, pull: false, force: false, dryRun: false };
    return buildImages(real.ports, { config: real.config, placements, ...defaults, ...flags });
  }

  const given = (reason: string): unknown =>
    expect.stringMatching(new RegExp(`^delivered from n1 \\(${reason}, [\\d.]+ (?:B|KiB|MiB)\\)$`));

  /** What the nodes call the image themselves, each once. */
  async function idsOf(name: string): Promise<readonly string[]> {
    const ids = await Promise.all(nodes.map((node) => lab.inside(node, `docker image ls -q --no-trunc ${name}`)));
    return [...new Set(ids)];
  }

  /** Runs a busybox applet in a container of the image, on the node. */
  function inImage(node: string, name: string, ...command: string[]): Promise<string> {
    const line = ["docker", "run", "--rm", "--network", "none", name, "/bin/busybox", ...command].join(" ");
    return lab.inside(node, line);
  }

  test("is built once and given to the others, skipped the second time, and done again for a changed file", async () => {
    image("hello", 'RUN ["/bin/busybox", "touch", "/ran"]', 'CMD ["/bin/busybox", "true"]');
    writeFileSync(join(folders, "hello/greeting"), "one\n");
    // It is the first, and its name is none for a plain header.
    const odd = join(folders, "hello/+früh");
    writeFileSync(odd, "");
    chmodSync(odd, 0o640);
    utimesSync(odd, 981_173_106, 981_173_106);

    const first = await build("hello");
    expect(first.failures).toEqual([]);
    expect(first.result.images.map((row) => [row.node, row.changed, row.outcome])).toEqual(
      nodes.map((node) => [node, true, node === "n1" ? "built (not on the node yet)" : given("not on the node yet")]),
    );
    // The classic builder counts FROM and LABEL, too.
    expect(real.shown.filter((line) => /^hello@n1: (?:1\/2|2\/5) COPY \. \/$/.test(line))).toHaveLength(1);
    expect(real.shown).toContain("hello@n3: giving hello:latest to n3");
    expect(real.events.splice(0)).toEqual(
      expect.arrayContaining(
        nodes.map(
          (node) =>
            expect.objectContaining({
              type: node === "n1" ? "image.built" : "image.delivered",
              node,
              container: "hello",
              cause: "test",
            }) as unknown,
        ),
      ),
    );
    expect(await idsOf("hello")).toHaveLength(1);
    for (const node of nodes) expect(await inImage(node, "hello", "cat", "/greeting")).toBe("one\n");
    expect(await inImage("n1", "hello", "stat", "-c", "%a/%Y", "/+früh")).toBe("640/981173106\n");

    const second = await build("hello");
    expect(second.result.images.map((row) => [row.changed, row.outcome])).toEqual(
      nodes.map(() => [false, "up to date"]),
    );
    expect(real.events).toEqual([]);

    writeFileSync(join(folders, "hello/greeting"), "two\n");
    const third = await build("hello");
    expect(third.result.images.map((row) => row.outcome)).toEqual([
      "built (its folder changed)",
      given("its folder changed"),
      given("its folder changed"),
    ]);
    expect(await idsOf("hello")).toHaveLength(1);
    expect(await inImage("n3", "hello", "cat", "/greeting")).toBe("two\n");
    real.events.splice(0);
  });

  test("--force, --no-cache and --dry-run", async () => {
    image("flags");
    const dry = await build("flags", { on: ["n1"], dryRun: true });
    expect(dry.result.images[0]?.outcome).toMatch(
      /^would run: docker build --force-rm --tag flags --label io\.pictl\.context=sha256:[0-9a-f]{64} - < 2 files, \d+ bytes, of .*\/flags \(not on the node yet\)$/,
    );
    expect((await build("flags", { on: ["n1"] })).result.images[0]?.outcome).toBe("built (not on the node yet)");
    expect((await build("flags", { on: ["n1"], force: true })).result.images[0]?.outcome).toBe("built (--force)");
    expect((await build("flags", { on: ["n1"], noCache: true })).result.images[0]?.outcome).toBe("built (--no-cache)");
  });

  test("a Dockerfile that fails: the step, its output, the verdict; other images are built", async () => {
    image("broken", 'RUN ["/bin/busybox", "sh", "-c", "echo about to fail; echo why >&2; exit 3"]');
    image("fine");
    const placements = ["broken", "fine"].map((name) => placement(name, "n1", { build: join(folders, name) }));
    real.events.splice(0);
    const report = await buildImages(real.ports, {
      config: real.config,
      placements,
      noCache: false,
      pull: false,
      force: false,
      dryRun: false,
    });
    expect(report.result.images.map((row) => row.container)).toEqual(["fine"]);
    expect(report.failures).toEqual([
      {
        code: "docker-failed",
        node: "n1",
        container: "broken",
        message: expect.stringMatching(
          /^The image broken could not be built\.\n(?:Step 3\/4 :|\[2\/2\]) RUN [^]*(?:returned a non-zero code|exit code): 3$/,
        ) as string,
        hint: expect.stringMatching(/^Correct its files in \/.*, and try again\.$/) as string,
      },
    ]);
    // The step's two streams reach docker in any order.
    const said = report.failures[0]?.message.split("\n") ?? [];
    expect(said.filter((line) => /^(?:about to fail|why)$/.test(line)).sort()).toEqual(["about to fail", "why"]);
    expect(real.events.map((event) => event.type).sort()).toEqual(["image.build-failed", "image.built"]);
  });

  test("a link that leaves the folder stays a link; a fifo is refused before any node is asked", async () => {
    const folder = image("links");
    symlinkSync("/etc/passwd", join(folder, "leak"));
    expect((await build("links", { on: ["n2"] })).failures).toEqual([]);
    expect(await inImage("n2", "links", "readlink", "/leak")).toBe("/etc/passwd\n");

    execFileSync("mkfifo", [join(folder, "pipe")]);
    const { failures } = await build("links", { on: ["n2"] });
    expect(failures).toMatchObject([{ code: "build-context-invalid", node: "n2", container: "links" }]);
    expect(failures[0]?.message).toContain('"pipe" is a fifo');
  });

  test("200 MB go to three nodes at once in constant memory", async () => {
    const folder = image("large");
    writeFileSync(join(folder, "data"), "");
    truncateSync(join(folder, "data"), 200 * 2 ** 20);
    const before = process.memoryUsage.rss();
    let most = before;
    const watching = setInterval(() => (most = Math.max(most, process.memoryUsage.rss())), 20);
    try {
      expect((await build("large")).failures).toEqual([]);
    } finally {
      clearInterval(watching);
    }
    expect(await inImage("n1", "large", "stat", "-c", "%s", "/data")).toBe(`${String(200 * 2 ** 20)}\n`);
    expect((most - before) / 2 ** 20).toBeLessThan(100);
  });

  test("a file that changes on its way ends the build", async () => {
    const folder = image("moving");
    writeFileSync(join(folder, "data"), "");
    truncateSync(join(folder, "data"), 50 * 2 ** 20);
    const contexts: typeof real.ports.contexts = {
      ...real.ports.contexts,
      open: async (path, signal) => {
        const context = await real.ports.contexts.open(path, signal);
        if (context) appendFileSync(join(folder, "data"), "more");
        return context;
      },
    };
    const report = await buildImages(
      { ...real.ports, contexts },
      {
        config: real.config,
        placements: [placement("moving", "n1", { build: folder })],
        noCache: false,
        pull: false,
        force: false,
        dryRun: false,
      },
    );
    expect(report.failures).toMatchObject([{ code: "build-context-invalid", node: "n1", container: "moving" }]);
    expect(report.failures[0]?.message).toContain('"data" changed while it was read');
    expect(await lab.inside("n1", "docker images -q moving")).toBe("");
  });

  test("Ctrl-C ends a build", async () => {
    image("slow", 'RUN ["/bin/busybox", "sleep", "100"]');
    const interruption = new AbortController();
    const { close, ports, config, shown } = await realPorts(lab, interruption.signal);
    try {
      const building = buildImages(ports, {
        config,
        placements: [placement("slow", "n1", { build: join(folders, "slow") })],
        noCache: false,
        pull: false,
        force: false,
        dryRun: false,
      });
      await expect
        .poll(() => shown.some((line) => line.includes("/busybox, sleep") || line.includes('"sleep"')), {
          timeout: 30_000,
        })
        .toBe(true);
      interruption.abort();
      expect((await building).failures).toMatchObject([{ code: "interrupted", node: "n1" }]);
      await expect
        .poll(() => lab.inside("n1", "pgrep -f 'busybox [s]leep 100' || true"), { timeout: 20_000, interval: 300 })
        .toBe("");
    } finally {
      await close();
    }
  });

  test("no folder here: the node's own is used; none there either is told", async () => {
    const folder = "/tmp/pictl-own/own";
    const missing = await build("own", { on: ["n1"], folder });
    expect(missing.failures).toMatchObject([{ code: "build-context-invalid", node: "n1", container: "own" }]);
    expect(missing.failures[0]?.message).toBe(`There is no build folder ${folder}, neither here nor on the node.`);

    await lab.inside("n1", `mkdir -p ${folder} && printf 'FROM scratch\\nCOPY Dockerfile /\\n' > ${folder}/Dockerfile`);
    expect(existsSync(folder)).toBe(false);
    const outcomes = async (rebuildUnseen: boolean) =>
      (await build("own", { on: ["n1"], folder, rebuildUnseen })).result.images.map((row) => row.outcome);
    expect(await outcomes(false)).toEqual(["built (not on the node yet)"]);
    expect(await outcomes(false)).toEqual(["is there, from the node's own folder"]);
    expect(await outcomes(true)).toEqual(["built (from the node's own folder)"]);
  });

  describe.each(["classic builder", "BuildKit"])("the %s of a login that wants it", (builder) => {
    // A newer docker client in /usr/local may have no buildx.
    const env = `PATH=/usr/bin:/bin:/usr/sbin:/sbin DOCKER_BUILDKIT=${builder === "BuildKit" ? "1" : "0"}`;
    // A client without buildx knows the classic builder only, and a later one may know BuildKit only.
    const isThere = async (): Promise<boolean> =>
      (await lab.inside("n1", `${env} docker build --help 2>/dev/null || true`)).includes("--progress") ===
      (builder === "BuildKit");

    async function start(step: string, signal: AbortSignal) {
      image("kit", step);
      const context = await real.ports.contexts.open(join(folders, "kit"));
      const node = real.config.nodes.find((each) => each.name === "n1");
      if (!node || !context) throw new Error("expected a node and a folder");
      const shown: string[] = [];
      const { words: list } = buildCommand({ image: "kit", context: "", folder: "", noCache: true, pull: false });
      const building = buildImage({
        connection: await real.ports.nodes.connect(node),
        image: "kit",
        command: words("env", ...env.split(" "), ...list),
        context,
        folder: context.folder,
        onStep: (text) => shown.push(text),
        signal,
      });
      return { building, shown };
    }

    test("tells its steps and what failed", async ({ skip }) => {
      skip(!(await isThere()), "not on this machine");
      const { building, shown } = await start(
        'RUN ["/bin/busybox", "sh", "-c", "echo about to fail; exit 3"]',
        real.ports.signal,
      );
      await expect(building).rejects.toMatchObject({
        code: "docker-failed",
        message: expect.stringMatching(
          builder === "BuildKit"
            ? /^The image kit could not be built\.\n\[2\/2\] RUN [^]*about to fail\n[^]*exit code: 3$/
            : /^The image kit could not be built\.\nStep 3\/4 : RUN [^]*about to fail\n[^]*non-zero code: 3$/,
        ) as string,
      });
      expect(shown.filter((line) => /^\d\/\d (?:COPY \. \/$|RUN )/.test(line))).toHaveLength(2);
    });

    test("is ended by Ctrl-C, with the program of its step", async ({ skip }) => {
      skip(!(await isThere()), "not on this machine");
      const interruption = new AbortController();
      const { building } = await start('RUN ["/bin/busybox", "sleep", "200"]', interruption.signal);
      const ended = expect(building).rejects.toMatchObject({ code: "interrupted" });
      const sleeping = () => lab.inside("n1", "pgrep -f 'busybox [s]leep 200' || true");
      await expect.poll(sleeping, { timeout: 30_000, interval: 300 }).not.toBe("");
      interruption.abort();
      await ended;
      await expect.poll(sleeping, { timeout: 20_000, interval: 300 }).toBe("");
    });
  });
});

describe.skipIf(obstacle !== undefined).each([
  ["forwards ports", "yes"],
  ["forwards none", "no"],
])("an sshd that %s", (_what, forwarding) => {
  const lab = withLab({ nodes: 3, sshdOptions: [`AllowTcpForwarding=${forwarding}`] });
  let real: RealPorts;
  let folder: string;
  const megabyte = 2 ** 20;
  beforeAll(async () => {
    real = await realPorts(lab);
    folder = join(lab.status().dir, "test-images/app");
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "Dockerfile"), "FROM scratch\nCOPY base /\nCOPY app /\n");
    writeFileSync(join(folder, "base"), randomBytes(20 * megabyte));
  });
  afterAll(() => real.close());

  function deliver(on: readonly string[], parts: Partial<BuildInput> = {}) {
    const placements = on.map((node) => placement("app", node, { build: folder }));
    const flags = { noCache: false, pull: false, force: false, dryRun: false };
    return buildImages(real.ports, { config: real.config, placements, ...flags, ...parts });
  }

  /** Megabytes that went over the nodes' lines while `work` was done, in both directions. */
  async function onTheWire(work: () => Promise<void>): Promise<number> {
    const read = async (): Promise<number> => {
      const counters = nodes.map((node) => lab.inside(node, "cat /sys/class/net/eth0/statistics/[rt]x_bytes"));
      return (await Promise.all(counters))
        .flatMap((text) => text.trim().split("\n"))
        .reduce((sum, each) => sum + Number(each), 0);
    };
    const before = await read();
    await work();
    return ((await read()) - before) / megabyte;
  }

  const ids = async (): Promise<readonly string[]> => [
    ...new Set(await Promise.all(nodes.map((node) => lab.inside(node, "docker image ls -q --no-trunc app")))),
  ];

  test("of an image of 21 MB only the one that changed goes over the line, and all nodes have the same image", async () => {
    writeFileSync(join(folder, "app"), randomBytes(megabyte));
    expect((await deliver(nodes)).failures).toEqual([]);
    expect(await ids()).toHaveLength(1);
    writeFileSync(join(folder, "app"), randomBytes(megabyte));
    // To the builder, back from it, and to two others.
    const sent = await onTheWire(async () => {
      expect((await deliver(nodes)).failures).toEqual([]);
    });
    expect(sent).toBeLessThan(4.5);
    expect(await ids()).toHaveLength(1);
    expect(await lab.inside("n1", "ls /var/tmp; docker image ls --format '{{.Repository}}' | grep 127 || true")).toBe(
      "",
    );
  });

  test("a delivery that is cut in the middle leaves nothing, and goes on when it is said again", async () => {
    writeFileSync(join(folder, "app"), randomBytes(4 * megabyte));
    await lab.onSwitch("tc qdisc add dev n3 root tbf rate 4mbit burst 64kb latency 400ms");
    real.shown.splice(0);
    const giving = deliver(nodes);
    try {
      await expect
        .poll(() => real.shown.some((line) => line.includes("giving app:latest to n3")), { timeout: 30_000 })
        .toBe(true);
      await lab.inside(
        "n3",
        "for each in $(grep -la '^sshd: root' /proc/[0-9]*/cmdline 2>/dev/null); do pid=${each#/proc/}; kill -9 ${pid%/*}; done; true",
      );
      await giving;
    } finally {
      await lab.onSwitch("tc qdisc del dev n3 root");
    }
    const { failures } = await giving;
    expect(failures).toMatchObject([{ node: "n3", container: "app" }]);
    expect((await ids()).length).toBe(2);
    expect((await deliver(nodes)).result.images.map((row) => row.outcome)).toEqual([
      "up to date",
      "up to date",
      expect.stringMatching(/^delivered from this machine/),
    ]);
    expect(await ids()).toHaveLength(1);
  });

  test("image push gives an archive of this machine to all nodes, and nothing to those that have it", async () => {
    const { archive, id } = await imageArchive(["shop:1", "shop:newest"], randomBytes(megabyte));
    const file = join(lab.status().dir, "shop.tar.gz");
    writeFileSync(file, gzipSync(archive));
    const push = async (...words: string[]) =>
      documentOf(await runCommand(ImagePush, [...words, "--json"], lab.status().config)) as DocumentOf<{
        images: PushRow[];
      }>;
    const first = await push(file);
    expect(first.failures).toEqual([]);
    expect(first.result.images.map(({ node, image, outcome }) => [node, image, outcome])).toEqual(
      nodes.map((node) => [node, "shop:1", expect.stringMatching(/^given, 1\.0 MiB$/) as string]),
    );
    for (const node of nodes) {
      expect(await lab.inside(node, "docker image ls --no-trunc --format '{{.Tag}} {{.ID}}' shop | sort")).toBe(
        `1 ${id}\nnewest ${id}\n`,
      );
    }
    const sent = await onTheWire(async () => {
      expect((await push(file, "n[1-2]")).result.images.map(({ outcome }) => outcome)).toEqual([
        "is there",
        "is there",
      ]);
    });
    expect(sent).toBeLessThan(0.3);
    writeFileSync(file, archive.subarray(0, archive.length / 2));
    expect(await push(file)).toMatchObject({ exitCode: 1, failures: [{ code: "image-invalid" }] });
  });

  test("when its builder is dead, a node that needs the image gets the very same from this machine", async () => {
    const [id] = await ids();
    await lab.inside("n2", "docker image rm -f app");
    await lab.kill("n1");
    const { result, failures } = await deliver(["n2"], { alsoOn: [] });
    expect(failures).toEqual([]);
    expect(result.images[0]?.outcome).toMatch(/^delivered from this machine \(not on the node yet, /);
    expect(await lab.inside("n2", "docker image ls -q --no-trunc app")).toBe(id);
  });
});

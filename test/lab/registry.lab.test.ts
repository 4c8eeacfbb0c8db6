import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from "vitest";
import type { PullRow } from "../../src/app/pull.ts";
import type { JsonDocument } from "../../src/view/document.ts";
import { pictl, startPictl } from "../support/cli.ts";
import { eventFileText } from "../support/event-file.ts";
import { startFakeHub } from "../support/fake-hub.ts";
import { labObstacle, type TestLab, withLab } from "../support/lab.ts";
import { account, startRegistry, type TestRegistry, trustRegistry, whyNoRegistry } from "../support/registry.ts";
import { patience } from "../support/patience.ts";

const obstacle = (await labObstacle()) ?? whyNoRegistry;
const { username, password } = account;
const encoded = Buffer.from(`${username}:${password}`).toString("base64");
const byStdin = ["--username", username, "--password-stdin"];

describe.skipIf(obstacle !== undefined)("images from a registry with TLS and a password", () => {
  const lab = withLab({ nodes: 2 });
  let config: string;
  let registry: TestRegistry;
  let image: string;

  beforeAll(async () => {
    registry = await startRegistry({ address: lab.status().controller, tls: true, login: "basic" });
    image = `${registry.host}/team/app`;
    config = join(lab.status().dir, "registry.json");
    const { nodes, ssh, cluster } = JSON.parse(await readFile(lab.status().config, "utf8")) as Record<string, unknown>;
    const layout = [{ node: "n1", web: "" }, { node: "n2" }];
    const stateDir = join(lab.status().dir, "registry-state");
    await writeFile(config, JSON.stringify({ cluster, nodes, ssh, layout, state_dir: stateDir }), { mode: 0o600 });
    await Promise.all(["n1", "n2"].map((node) => trustRegistry(lab, node, registry)));
    await publish(lab, "n1", registry, { image: `${image}:1`, layers: 3, bytesEach: 2_000_000 });
  });
  afterAll(() => registry.stop());

  const pull = async (words: readonly string[], stdin?: string) => {
    const run = await pictl(["pull", ...words, "--json"], { config, ...(stdin === undefined ? {} : { stdin }) });
    const document = JSON.parse(run.stdout) as JsonDocument & { result: { images: PullRow[] } | null };
    expect(run.code).toBe(document.exitCode);
    expect(run.stdout + run.stderr).not.toContain(password);
    return { ...document, rows: document.result?.images ?? [] };
  };
  /** Whatever on the node could hold the login. */
  const traces = async (node: string): Promise<string> =>
    lab.inside(
      node,
      `ls -d /dev/shm/pictl-* /tmp/tmp.* 2>/dev/null; ps -eo args | grep '[d]ocker login'
       grep -rlF -e ${password} -e ${encoded} /root /home /tmp /dev/shm /run /etc 2>/dev/null; true`,
    );
  const holds = (node: string, condition: string): Promise<boolean> =>
    lab.inside(node, condition).then(
      () => true,
      () => false,
    );
  /** Both nodes have begun to log in. */
  const loggingIn = () => {
    const condition = "ls /dev/shm/pictl-*/config.json && ps -eo args | grep -q '^docker login'";
    return vi.waitUntil(async () => (await holds("n1", condition)) && (await holds("n2", condition)), {
      timeout: 30_000,
      interval: 50,
    });
  };
  const events = () =>
    eventFileText(join(lab.status().dir, "registry-state"))
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as { type: string; node: string; after: object });

  test("without a login the nodes are told how to log in, each", async () => {
    const { failures, rows } = await pull([`${image}:1`]);
    expect(rows).toEqual([]);
    expect(failures).toEqual(
      ["n1", "n2"].map((node) => ({
        code: "registry-denied",
        node,
        message: `The registry ${registry.host} wants a login.`,
        hint: expect.stringContaining("--username USER") as string,
      })),
    );
    expect(await lab.inside("n2", "docker images -q")).toBe("");
  });

  test("a dry run says what it would do, and does nothing", async () => {
    const { ok, rows } = await pull([
      "team/app:1",
      "--registry",
      registry.host,
      "--as",
      "web",
      "--dry-run",
      ...byStdin,
    ]);
    expect(ok).toBe(true);
    expect(rows.map(({ outcome }) => outcome)).toEqual(
      Array(2).fill(
        `would log in to ${registry.host} as tester for this pull only, run: ` +
          `docker image pull ${image}:1; docker image tag ${image}:1 web:latest`,
      ),
    );
    expect(await lab.inside("n2", "docker images -q")).toBe("");
  });

  test("a pull with a login leaves the image and no trace of the login", async () => {
    // Everything that a process on the node can show of itself, over and over while the pull goes on.
    const watching = lab.inside(
      "n2",
      `touch /run/watching
       while [ -e /run/watching ]; do cat /proc/[0-9]*/cmdline /proc/[0-9]*/environ 2>/dev/null | tr '\\0' '\\n' | sort -u
       done | sort -u`,
    );
    await vi.waitUntil(() => holds("n2", "test -e /run/watching"), patience);
    registry.pause();
    onTestFinished(() => {
      registry.resume();
    });
    const pulling = pull(["team/app:1", "--registry", registry.host, "--as", "web", ...byStdin], `${password}\n`);
    await loggingIn();
    const folder = await lab.inside("n2", "stat -c '%a %U %n' /dev/shm/pictl-*; ls /dev/shm/pictl-*");
    registry.resume();
    const { ok, rows } = await pulling;
    await lab.inside("n2", "rm /run/watching");
    const seen = (await watching).split("\n");

    expect(ok).toBe(true);
    const row = {
      image: `${image}:1`,
      tag: "1",
      as: "web:latest",
      changed: true,
      outcome: "pulled, tagged as web:latest",
    };
    expect(rows).toMatchObject(["n1", "n2"].map((node) => ({ node, ...row })));
    expect(rows[1]?.id).toBe((await lab.inside("n2", "docker images -q --no-trunc web")).trim());
    expect(rows[1]?.sizeBytes).toBeGreaterThan(6_000_000);

    expect(folder).toMatch(/^700 root \/dev\/shm\/pictl-\w+\nconfig.json\n$/);
    expect(["login", "--username=tester", "--password-stdin"].filter((word) => !seen.includes(word))).toEqual([]);
    expect(seen.some((line) => line.startsWith("DOCKER_CONFIG=/dev/shm/pictl-"))).toBe(true);
    expect(seen.filter((line) => line.includes(password) || line.includes(encoded))).toEqual([]);
    expect([await traces("n1"), await traces("n2")]).toEqual(["", ""]);
    const pulled = events().filter(({ type }) => type === "image.pulled");
    const [first] = rows;
    expect(pulled.map(({ node }) => node).sort()).toEqual(["n1", "n2"]);
    expect(pulled[0]?.after).toEqual({ image: `${image}:1`, as: "web:latest", id: first?.id, digest: first?.digest });
    expect(JSON.stringify(events())).not.toContain(password);
  });

  test("a second time changes nothing, and pulling by digest is the same image", async () => {
    const again = await pull([`${image}:1`, "--as", "web", ...byStdin], password);
    expect(again.rows.map(({ changed, outcome }) => [changed, outcome])).toEqual(Array(2).fill([false, "up to date"]));
    const [{ id, digest } = { id: null, digest: null }] = again.rows;
    const exact = await pull([`${image}@${digest ?? ""}`, "--node", "n2", ...byStdin], password);
    expect(exact.rows).toMatchObject([{ node: "n2", tag: null, id, digest, changed: false }]);
  });

  test("a container of the layout runs the image that was given its name", async () => {
    const created = await pictl(["create", "web", "--json"], { config });
    expect(created.stdout).toContain('"ok": true');
    expect(await lab.inside("n1", "docker inspect -f '{{.Config.Image}} {{.State.Running}}' web")).toBe("web true\n");
  });

  test("a wrong password is the registry's to refuse, and leaves nothing", async () => {
    const { failures } = await pull([`${image}:1`, "--node", "n1", ...byStdin], "not-the-password");
    expect(failures).toMatchObject([
      { code: "registry-denied", node: "n1", message: `The registry ${registry.host} refused the login of tester.` },
    ]);
    expect(await traces("n1")).toBe("");
  });

  test("what the registry does not have, and a registry that is not there", async () => {
    const missing = await pull([`${image}:9`, "--node", "n1", ...byStdin], password);
    expect(missing.failures).toMatchObject([
      { code: "image-missing", hint: expect.stringContaining(`pictl tags ${image}`) as string },
    ]);
    const { controller } = lab.status();
    const gone = await pull([`${controller}:1/app`, "--node", "n1"]);
    expect(gone.failures).toMatchObject([
      { code: "registry-unreachable", message: expect.stringContaining("connection refused") as string },
    ]);
  });

  test("--keep-login leaves the node logged in", async () => {
    await pull([`${image}:1`, "--node", "n1", "--keep-login", ...byStdin], password);
    expect(await lab.inside("n1", "cat /root/.docker/config.json")).toContain(encoded);
    expect((await pull([`${image}:1`, "--node", "n1"])).ok).toBe(true);
    await lab.inside("n1", `docker logout ${registry.host}`);
    expect(await traces("n1")).toBe("");
  });

  test("one that the layout names by its digest is wanted, though it has no tag: prune and image remove leave it", async () => {
    const [{ digest } = { digest: null }] = (await pull([`${image}:1`, "--node", "n2", ...byStdin], password)).rows;
    await lab.inside("n2", "docker image rm -f $(docker image ls -q)");
    const pinned = `${image}@${String(digest)}`;
    expect((await pull([pinned, "--node", "n2", ...byStdin], password)).ok).toBe(true);
    const given = JSON.parse(await readFile(config, "utf8")) as object;
    const byDigest = join(lab.status().dir, "by-digest.json");
    const layout = [{ node: "n1" }, { node: "n2", pinned: { image: pinned } }];
    await writeFile(byDigest, JSON.stringify({ ...given, layout }), { mode: 0o600 });
    const ask = async (...words: string[]) =>
      JSON.parse((await pictl([...words, "--node", "n2", "--json"], { config: byDigest })).stdout) as unknown;

    const id = (await lab.inside("n2", "docker image ls -q --no-trunc")).trim();
    expect(await ask("images")).toMatchObject({ result: { images: [{ id, tags: [], wantedBy: ["pinned"] }] } });
    expect(await ask("prune", "--yes")).toMatchObject({ ok: true, result: { leftovers: [] } });
    expect(await ask("image", "remove", id, "--yes")).toMatchObject({
      failures: [{ code: "image-in-use", container: "pinned" }],
    });
    expect((await lab.inside("n2", "docker image ls -q --no-trunc")).trim()).toBe(id);
  });

  const hanging = async () => {
    registry.pause();
    onTestFinished(() => {
      registry.resume();
    });
    const run = startPictl(["pull", `${image}:1`, ...byStdin], { config, stdin: password });
    await loggingIn();
    return run;
  };
  const clean = async () => (await traces("n1")) + (await traces("n2")) === "";

  test("interrupted, it takes the login back", async () => {
    const run = await hanging();
    run.kill("SIGINT");
    expect((await run.ended).code).toBe(130);
    await vi.waitUntil(clean, { ...patience, interval: 50 });
    registry.resume();
  });

  test("when we are killed, the nodes clean up by themselves", async () => {
    const run = await hanging();
    run.kill("SIGKILL");
    await run.ended;
    registry.resume();
    await vi.waitUntil(clean, { timeout: 30_000, interval: 100 });
  });
});

describe.skipIf(obstacle !== undefined)("a registry that speaks plain HTTP", () => {
  const lab = withLab({ nodes: 1 });
  let registry: TestRegistry;
  let config: string;
  beforeAll(async () => {
    registry = await startRegistry({ address: lab.status().controller, login: "basic" });
    await registry.push("team/app", ["1.9", "1.10", "latest"]);
    ({ config } = lab.status());
  });
  afterAll(() => registry.stop());
  const pictlJson = async (words: readonly string[], stdin?: string) => {
    const run = await pictl([...words, "--json"], { config, ...(stdin === undefined ? {} : { stdin }) });
    return { ...(JSON.parse(run.stdout) as JsonDocument), stderr: run.stderr };
  };

  test("docker on the nodes refuses it, and we say what to write into daemon.json", async () => {
    const { failures } = await pictlJson(["pull", `${registry.host}/team/app`]);
    expect(failures).toMatchObject([
      {
        code: "registry-unreachable",
        node: "n1",
        hint: expect.stringContaining(`{"insecure-registries": ["${registry.host}"]}`) as string,
      },
    ]);
  });

  test("a password goes there only with --insecure, which is said loudly", async () => {
    const words = ["tags", "team/app", "--registry", `http://${registry.host}`, ...byStdin];
    const refused = await pictlJson(words, password);
    expect(refused.failures).toMatchObject([
      { code: "registry-denied", message: expect.stringContaining("plain HTTP") as string },
    ]);
    const { result, stderr } = await pictlJson([...words, "--insecure"], password);
    expect(result).toMatchObject({ tags: [{ tag: "latest" }, { tag: "1.10" }, { tag: "1.9" }] });
    expect(stderr).toContain(`--insecure: nobody checks that ${registry.host}`);
  });

  test("search asks Docker Hub and every registry of the config; the one that is down is told", async () => {
    const hub = await startFakeHub();
    vi.stubEnv("PICTL_HUB_URL", hub.url);
    try {
      const open = await startRegistry({ address: lab.status().controller });
      await open.push("tools/image0", ["1"]);
      const given = JSON.parse(await readFile(config, "utf8")) as object;
      const searching = join(lab.status().dir, "search.json");
      const dockerRegistries = [`http://${open.host}`, `${lab.status().controller}:1`];
      await writeFile(searching, JSON.stringify({ ...given, dockerRegistries }), { mode: 0o600 });
      const run = await pictl(["search", "image0", "--limit", "1"], { config: searching });
      expect(run.code).toBe(1);
      expect(run.stdout).toMatch(/^image0 +docker.io +1.0k +5.0G +yes +Image 0$/m);
      expect(run.stdout).toContain(`${open.host}/tools/image0`);
      expect(run.stderr).toContain(
        `The registry ${lab.status().controller}:1 cannot be used from this machine: nothing listens`,
      );
      await open.stop();
    } finally {
      vi.unstubAllEnvs();
      await hub.close();
    }
  });
});

describe.skipIf(obstacle !== undefined)("a node with a small disk", () => {
  const lab = withLab({ nodes: 1, disk: "48m" });
  let registry: TestRegistry;
  beforeAll(async () => {
    registry = await startRegistry({ address: lab.status().controller, tls: true });
    await trustRegistry(lab, "n1", registry);
    await publish(lab, "n1", registry, { image: `${registry.host}/big:1`, layers: 1, bytesEach: 8_000_000 });
  });
  afterAll(() => registry.stop());

  test("is told to be full", async () => {
    await lab.inside("n1", "head -c 38m /dev/zero >/var/lib/docker/full || true");
    const { config } = lab.status();
    const { code, stderr } = await pictl(["pull", `${registry.host}/big:1`], { config });
    expect([code, stderr]).toEqual([1, expect.stringContaining("n1: The disk is full, so")]);
  });
});

/** Builds an image on a node, pushes it, and takes it and the login away again. */
async function publish(
  lab: TestLab,
  node: string,
  { host }: TestRegistry,
  { image, layers, bytesEach }: { image: string; layers: number; bytesEach: number },
): Promise<void> {
  const parts = Array.from({ length: layers }, (_, index) => `part${index}`);
  await lab.inside(
    node,
    `set -e; mkdir -p /root/published; cd /root/published; cp "$(command -v busybox)" busybox
     for part in ${parts.join(" ")}; do head -c ${bytesEach} /dev/urandom >$part; done
     { echo FROM scratch; for part in ${parts.join(" ")}; do echo COPY $part /; done; echo COPY busybox /
       echo 'CMD ["/busybox", "sleep", "1000"]'; } >Dockerfile
     docker build -q -t ${image} . >/dev/null
     echo ${password} | docker login -u ${username} --password-stdin ${host} 2>/dev/null
     docker push -q ${image}; docker logout ${host}; rm -rf /root/.docker
     docker image rm -f "$(docker images -q ${image})"; docker image prune -f; rm -rf /root/published`,
  );
}

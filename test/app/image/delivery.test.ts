import { mkdtempSync, readdirSync, readlinkSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { openProgress } from "../../fakes/progress.ts";
import { openImageStore } from "../../../src/adapters/image-store/index.ts";
import { buildImages } from "../../../src/app/build.ts";
import { collectImage } from "../../../src/app/image/collect.ts";
import { handOut } from "../../../src/app/image/hand-out.ts";
import { pullMissing } from "../../../src/app/place/prepare/image.ts";
import type { ImageStore, Ports, SharedState } from "../../../src/app/ports.ts";
import type { StoredImages } from "../../../src/domain/delivery/stored.ts";
import { type ErrorCode, PictlError } from "../../../src/domain/errors.ts";
import { config, node, placement } from "../../fakes/config.ts";
import {
  allLayers,
  digestOf,
  fakeImage,
  ImageNode,
  type ImageNodeOptions,
  savedArchive,
} from "../../fakes/image-node.ts";

const [base = "", middle = "", app1 = "", app2 = ""] = allLayers;
const first = fakeImage([base, middle, app1]);
const second = fakeImage([base, middle, app2]);
const context = { "io.pictl.context": "sha256:1" };

function storeIn(folder: string, maxBytes?: number): ImageStore {
  let known: StoredImages | undefined;
  const index: SharedState<StoredImages> = {
    read: () => Promise.resolve(known),
    update: (change) => Promise.resolve((known = change(known))),
  };
  let now = 0;
  return openImageStore({
    stateDir: folder,
    index,
    port: 0,
    clock: { now: () => (now += 1) },
    ...(maxBytes ? { maxBytes } : {}),
  });
}

/** Of this process. */
function openFilesIn(folder: string): readonly string[] {
  const pathOf = (descriptor: string): string => {
    try {
      return readlinkSync(`/proc/self/fd/${descriptor}`);
    } catch {
      return "";
    }
  };
  return readdirSync("/proc/self/fd")
    .map(pathOf)
    .filter((path) => path.startsWith(folder));
}

function world(nodes: Readonly<Record<string, ImageNode>>, maxBytes?: number) {
  const folder = mkdtempSync(join(tmpdir(), "pictl-images-"));
  onTestFinished(() => {
    expect(openFilesIn(folder), "files that are still open").toEqual([]);
    rmSync(folder, { recursive: true, force: true });
  });
  const warned: string[] = [];
  const events: string[] = [];
  const ports = {
    nodes: { connect: ({ name }: { name: string }) => Promise.resolve(nodes[name]?.connection) },
    engines: { on: ({ name }: { name: string }) => Promise.resolve(nodes[name]?.engine) },
    imageStore: storeIn(folder, maxBytes),
    contexts: {
      open: () =>
        Promise.resolve({
          folder: "/docker/web",
          digest: "sha256:1",
          files: 1,
          bytes: 5,
          tar: () => [Buffer.from("a tar")],
        }),
    },
    events: {
      append: ({ type, node: on = "" }: { type: string; node?: string }) =>
        Promise.resolve(events.push(`${type} ${on}`)),
    },
    clock: {
      now: () => 0,
      monotonic: () => 1e9,
      sleep: (_: number, signal: AbortSignal) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener("abort", () => {
            reject(new Error("off"));
          });
        }),
    },
    progress: openProgress({ warned }),
    signal: new AbortController().signal,
    concurrency: 8,
    actor: { who: "me", cause: "test" },
  } as unknown as Ports;
  return { ports, warned, events, folder };
}

const say = (): void => undefined;

async function taken(ports: Ports, from: ImageNode, name = "web") {
  return collectImage(ports, { connection: from.connection, engine: from.engine, name, context: "sha256:1", say });
}

test("an image is pushed here and loaded there; of the next version just what is new goes over the line", async () => {
  const [n1, n2] = [new ImageNode("n1"), new ImageNode("n2")];
  const { ports } = world({ n1, n2 });
  n1.images.set("web:latest", first);
  const image = await taken(ports, n1);
  expect(image.layers.map(({ diffId }) => diffId)).toEqual(first.layers.map(digestOf));
  await handOut(ports, { connection: n2.connection, engine: n2.engine, image, name: "web:latest", say });
  expect(n2.images.get("web:latest")).toEqual(first);
  n2.images.set("web:latest", { ...first, labels: context });
  n1.images.set("web:latest", second);
  const next = await taken(ports, n1);
  n2.received = 0;
  const { bytes } = await handOut(ports, {
    connection: n2.connection,
    engine: n2.engine,
    image: next,
    name: "web:latest",
    say,
  });
  expect(n2.images.get("web:latest")).toEqual(second);
  expect(n2.received).toBe(bytes);
  expect(bytes).toBeLessThan(image.layers.reduce((sum, layer) => sum + layer.bytes, 0) + 1000);
  // What had the name before goes; somebody else's would have stayed.
  expect(n2.lines).toEqual(["docker image load", "docker image load", `docker image rm ${digestOf(first.config)}`]);
  expect(n2.unnamed).toEqual([]);
});

test("containerd's store pulls; where sshd forwards no ports, it gets all of it", async () => {
  for (const [forwards, line] of [
    [true, /docker image pull/],
    [false, /^docker image load$/],
  ] as const) {
    const [n1, n2] = [new ImageNode("n1"), new ImageNode("n2", { forwards, info: { containerd: true } })];
    const { ports } = world({ n1, n2 });
    n1.images.set("web:latest", first);
    const image = await taken(ports, n1);
    await handOut(ports, { connection: n2.connection, engine: n2.engine, image, name: "web:latest", say });
    expect(n2.images.get("web:latest")).toEqual(first);
    expect(n2.lines.at(-1)).toMatch(line);
  }
});

test("what is there under another name gets its name and no byte; another kind of machine is refused", async () => {
  const [n1, n2] = [new ImageNode("n1"), new ImageNode("n2")];
  const { ports } = world({ n1, n2 });
  n1.images.set("web:latest", first);
  n2.images.set("other:1", first);
  const image = await taken(ports, n1);
  const given = { connection: n2.connection, engine: n2.engine, image, name: "web:latest", say };
  expect(await handOut(ports, given)).toEqual({ bytes: 0 });
  expect([...n2.images.keys()]).toEqual(["other:1", "web:latest"]);
  const pi = new ImageNode("pi", { info: { architecture: "aarch64" } });
  await expect(handOut(ports, { ...given, connection: pi.connection, engine: pi.engine })).rejects.toMatchObject({
    code: "image-missing",
    message: "The image web:latest is for amd64, and pi is aarch64.",
  });
});

test("a layer that goes in the last moment is sent after all", async () => {
  const n1 = new ImageNode("n1");
  const n2: ImageNode = new ImageNode("n2", { before: () => n2.images.delete("old:1") });
  const { ports } = world({ n1, n2 });
  n1.images.set("web:latest", second);
  n2.images.set("old:1", first);
  const image = await taken(ports, n1);
  await handOut(ports, { connection: n2.connection, engine: n2.engine, image, name: "web:latest", say });
  expect(n2.lines).toEqual(["docker image load", "docker image load"]);
  expect(n2.images.get("web:latest")).toEqual(second);
});

test("an archive is taken: also with layers that are here already, and never one that is none", async () => {
  const { ports, folder } = world({});
  const image = await ports.imageStore.takeArchive(savedArchive(first, "web:latest"));
  expect(image).toMatchObject({ platform: "amd64", tags: ["web:latest"], config: { digest: digestOf(first.config) } });
  await ports.imageStore.keep({ ...image, name: "web:latest", context: null });
  expect(await ports.imageStore.diffIds()).toEqual(new Set(first.layers.map(digestOf)));
  const lacking = { ...second, layers: [app2] };
  const archive = savedArchive({ ...lacking, config: second.config }, "web:latest");
  await expect(ports.imageStore.takeArchive(archive)).rejects.toMatchObject({ code: "image-invalid" });
  await expect(ports.imageStore.takeArchive(chunks("no tar at all".repeat(100)))).rejects.toMatchObject({
    code: "image-invalid",
  });
  await expect(ports.imageStore.takeArchive(chunks(""))).rejects.toMatchObject({ code: "image-invalid" });
  const larger = ports.imageStore.takeArchive(savedArchive(first, "web:latest"), { maxBytes: 100 });
  await expect(larger).rejects.toMatchObject({
    code: "image-invalid",
    message: expect.stringContaining("larger") as string,
  });
  expect(readdirSync(join(folder, "blobs")).filter((name) => name.startsWith("upload-"))).toEqual([]);
});

async function* chunks(text: string): AsyncGenerator<Uint8Array> {
  if (text !== "") yield Buffer.from(text);
  await Promise.resolve();
}

test("what was damaged on the disk is told, and is not given out again", async () => {
  const [n1, n2] = [new ImageNode("n1"), new ImageNode("n2")];
  const { ports, folder } = world({ n1, n2 });
  n1.images.set("web:latest", first);
  const image = await taken(ports, n1);
  const { digest, bytes } = image.layers[1] ?? { digest: "", bytes: 0 };
  writeFileSync(join(folder, "blobs", digest.replace(":", "-")), Buffer.alloc(bytes));
  const given = handOut(ports, { connection: n2.connection, engine: n2.engine, image, name: "web:latest", say });
  await expect(given).rejects.toMatchObject({ code: "image-invalid" });
  expect(await ports.imageStore.find({ name: "web:latest", context: "sha256:1", machine: "x86_64" })).toBeUndefined();
  expect(n2.images.size).toBe(0);
});

test("what was used longest ago goes when there is no more room, unless it has just come", async () => {
  const n1 = new ImageNode("n1");
  const { ports, folder } = world({ n1 }, 1000);
  const wanted = { name: "old:latest", context: "sha256:1", machine: "x86_64" };
  n1.images.set("old:latest", fakeImage([app1]));
  await taken(ports, n1, "old");
  const blobs = join(folder, "blobs");
  for (const name of readdirSync(blobs)) utimesSync(join(blobs, name), 0, 0);
  expect(await ports.imageStore.find(wanted)).toBeDefined();
  n1.images.set("web:latest", second);
  await taken(ports, n1);
  expect(await ports.imageStore.find(wanted)).toBeUndefined();
  expect(readdirSync(blobs)).not.toContain(digestOf(fakeImage([app1]).config).replace(":", "-"));
});

const layout = (names: readonly string[], image?: string) =>
  names.map((name) => placement("web", name, image === undefined ? { build: "/docker/web" } : { image }));

function build(ports: Ports, names: readonly string[], parts: Partial<Parameters<typeof buildImages>[1]> = {}) {
  const placements = layout(names);
  const flags = { noCache: false, pull: false, force: false, dryRun: false };
  return buildImages(ports, {
    config: config({ nodes: names.map((name) => node(name)), placements }),
    placements,
    ...flags,
    ...parts,
  });
}

/** A node on which a build makes this image. */
function building(name: string, options: ImageNodeOptions = {}): ImageNode {
  const made: ImageNode = new ImageNode(name, {
    ...options,
    before: (line) => {
      options.before?.(line);
      if (line.includes("docker build")) made.images.set("web:latest", { ...first, labels: context });
    },
  });
  return made;
}

test("it is built once for each kind of machine and given to the others; of the daemon's, this machine keeps a copy", async () => {
  const nodes = {
    n1: building("n1"),
    n2: building("n2"),
    pi: building("pi", { info: { architecture: "aarch64" } }),
    n3: building("n3"),
  };
  const { ports, events } = world(nodes);
  const { result, failures } = await build(ports, ["n1", "n2", "pi", "n3"]);
  expect(failures).toEqual([]);
  expect(result.images.map(({ node: on, outcome }) => [on, outcome.replace(/, \d.*/, "")])).toEqual([
    ["n1", "built (not on the node yet)"],
    ["n2", "delivered from n1 (not on the node yet"],
    ["pi", "built (not on the node yet)"],
    ["n3", "delivered from n1 (not on the node yet"],
  ]);
  expect(events.sort()).toEqual(["image.built n1", "image.built pi", "image.delivered n2", "image.delivered n3"]);
  nodes.n2.images.clear();
  const again = await build(ports, ["n2"], { dryRun: true, alsoOn: [] });
  expect(again.result.images[0]?.outcome).toBe("would be delivered from this machine (not on the node yet)");
  expect((await build(ports, ["n2"], { alsoOn: [] })).result.images[0]?.outcome).toMatch(
    /^delivered from this machine/,
  );
});

test("a broken Dockerfile is told for all; a builder that dies is not waited for: the others build themselves", async () => {
  const failing = (error: Error): ImageNode =>
    new ImageNode("n1", {
      before: (line) => {
        if (line.includes("docker build")) throw error;
      },
    });
  const broken = world({ n1: failing(new Error("no such step")), n2: building("n2") });
  expect((await build(broken.ports, ["n1", "n2"])).failures.map(({ code, node: on }) => [code, on])).toEqual([
    ["docker-failed", "n1"],
    ["docker-failed", "n2"],
  ]);
  const gone = new PictlError("connection-lost", "The connection to n1 ended.", { node: "n1" });
  const dead = world({ n1: failing(gone), n2: building("n2"), n3: building("n3") });
  const report = await build(dead.ports, ["n1", "n2", "n3"]);
  expect(report.failures.map(({ code, node: on }) => [code, on])).toEqual([["connection-lost", "n1"]]);
  expect(report.result.images.map(({ outcome }) => outcome)).toEqual(Array(2).fill("built (not on the node yet)"));
  expect(dead.warned[0]).toBe(
    "web is built on n2, since it could not be delivered from n1: n1 has no image web any more.",
  );
});

test.each<[ErrorCode, string]>([
  ["connection-lost", "n2"],
  ["disk-full", "n2"],
])("a node that fails itself with %s is not built on", async (code, on) => {
  const full = new PictlError(code, "It is its own fault.", { node: on });
  const n2 = building("n2", {
    before: (line) => {
      if (line === "docker image load") throw full;
    },
  });
  const { ports } = world({ n1: building("n1"), n2 });
  const { result, failures } = await build(ports, ["n1", "n2"]);
  expect(failures).toMatchObject([{ code, node: "n2" }]);
  expect(result.images.map((row) => row.node)).toEqual(["n1"]);
});

test("the daemon's containers are kept here for when their node is dead", async () => {
  const n1 = building("n1");
  const { ports } = world({ n1 });
  const placements = layout(["n1"]).map((each) => ({ ...each, movable: true }));
  const base = config({ nodes: [node("n1")], placements });
  await build(ports, ["n1"], { placements, config: { ...base, heartbeat: { ...base.heartbeat, automatic: true } } });
  expect(await ports.imageStore.find({ name: "web:latest", context: "sha256:1", machine: "x86_64" })).toBeDefined();
});

test("a registry's image that no registry has is taken from another node, and from here when that is gone", async () => {
  const noRegistry = (line: string): void => {
    if (line.startsWith("docker image pull")) throw new Error("dial tcp: connection refused");
  };
  const nodes = { n1: new ImageNode("n1"), n2: new ImageNode("n2", { before: noRegistry }) };
  const { ports, warned } = world(nodes);
  nodes.n1.images.set("app:2", first);
  const placements = layout(["n1", "n2"], "app:2");
  const wanted = {
    config: config({ nodes: [node("n1"), node("n2")], placements }),
    placement: placement("web", "n2", { image: "app:2" }),
    connection: nodes.n2.connection,
    engine: nodes.n2.engine,
    say,
  };
  expect(await pullMissing(ports, wanted)).toBe("delivered from n1");
  expect(warned[0]).toContain("app:2 was delivered from n1 to n2, as it could not be pulled: The node cannot reach");
  expect(await pullMissing(ports, wanted)).toBe("is there");
  nodes.n1.images.clear();
  nodes.n2.images.clear();
  expect(await pullMissing(ports, wanted)).toBe("delivered from this machine");
  const kept = { ...wanted, placement: placement("web", "n2", { image: "web:pictl-12" }) };
  await expect(pullMissing(ports, kept)).rejects.toMatchObject({ code: "registry-unreachable" });
});

import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { expect, onTestFinished, test } from "vitest";
import { openImageStore } from "../../../src/adapters/image-store/index.ts";
import { type PushInput, pushImage } from "../../../src/app/image/push.ts";
import type { Ports } from "../../../src/app/ports.ts";
import { type StoredImages } from "../../../src/domain/delivery/stored.ts";
import type { PictlEvent } from "../../../src/domain/events/event.ts";
import { node } from "../../fakes/config.ts";
import { openProgress } from "../../fakes/progress.ts";
import { ociArchive } from "../../support/image-archive.ts";
import { allLayers, digestOf, fakeImage, ImageNode, savedArchive } from "../../fakes/image-node.ts";

const [base = "", middle = "", app1 = "", app2 = ""] = allLayers;
const first = fakeImage([base, middle, app1]);
const second = fakeImage([base, middle, app2]);

function world(nodes: Readonly<Record<string, ImageNode>>) {
  const folder = mkdtempSync(join(tmpdir(), "pictl-push-"));
  onTestFinished(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  let known: StoredImages | undefined;
  const events: Pick<PictlEvent, "type" | "node" | "after">[] = [];
  const ports = {
    nodes: { connect: ({ name }: { name: string }) => Promise.resolve(nodes[name]?.connection) },
    engines: { on: ({ name }: { name: string }) => Promise.resolve(nodes[name]?.engine) },
    imageStore: openImageStore({
      stateDir: folder,
      index: { read: () => Promise.resolve(known), update: (change) => Promise.resolve((known = change(known))) },
      port: 0,
      clock: { now: () => 1 },
    }),
    events: {
      append: ({ type, node: on, after }: PictlEvent) => Promise.resolve(events.push({ type, node: on ?? "", after })),
    },
    clock: { now: () => 0, monotonic: () => 1e9 },
    progress: openProgress(),
    signal: new AbortController().signal,
    concurrency: 8,
    actor: { cause: "test" },
  } as unknown as Ports;
  const push = (parts: Partial<PushInput> = {}) =>
    pushImage(ports, {
      nodes: Object.keys(nodes).map((name) => node(name)),
      source: { from: "app.tar", chunks: () => savedArchive(second, "app:2") },
      as: undefined,
      dryRun: false,
      ...parts,
    });
  return { ports, events, folder, push };
}

test("each node gets what it lacks: layers, a name, nothing", async () => {
  const [n1, n2, n3] = [new ImageNode("n1"), new ImageNode("n2"), new ImageNode("n3")];
  n1.images.set("app:1", first);
  n2.images.set("other:1", second);
  n3.images.set("app:2", second);
  const { push, events, ports } = world({ n1, n2, n3 });
  const { result, failures } = await push();
  expect(failures).toEqual([]);
  expect(result.images.map(({ node: on, image, changed, outcome }) => [on, image, changed, outcome])).toEqual([
    ["n1", "app:2", true, expect.stringMatching(/^given, \d+ B$/)],
    ["n2", "app:2", true, "named"],
    ["n3", "app:2", false, "is there"],
  ]);
  expect(result.images.map(({ durationMs }) => durationMs)).toEqual([0, 0, 0]);
  for (const each of [n1, n2, n3]) expect(each.images.get("app:2")).toEqual(second);
  // Its config, its list, and the one layer that n1 lacks.
  expect(n1.received).toBeLessThan(app2.length + second.config.length + 500);
  const after = { image: "app:2", id: digestOf(second.config) };
  expect(events.toSorted((a, b) => (a.node ?? "").localeCompare(b.node ?? ""))).toEqual([
    { type: "image.delivered", node: "n1", after },
    { type: "image.delivered", node: "n2", after },
  ]);
  // For a failover to a node that lacks it.
  expect(await ports.imageStore.find({ name: "app:2", context: null, machine: "x86_64" })).toBeDefined();
});

test("--as gives it another name; what has none needs one", async () => {
  const n1 = new ImageNode("n1");
  const { push } = world({ n1 });
  const nameless = {
    from: "app.tar",
    chunks: async function* () {
      const chunks: Uint8Array[] = [];
      for await (const chunk of savedArchive(first, "x")) chunks.push(chunk);
      yield Buffer.from(Buffer.concat(chunks).toString("latin1").replace('["x"]', "null "), "latin1");
    },
  };
  await expect(push({ source: nameless })).rejects.toMatchObject({
    code: "usage",
    message: "The image of app.tar has no name.",
    hint: "Say what nodes call it: `--as NAME`.",
  });
  expect((await push({ source: nameless, as: "web:latest" })).result.images).toMatchObject([{ image: "web:latest" }]);
  expect([...n1.images.keys()]).toEqual(["web:latest"]);
});

test("what is no archive is refused before a node is asked; --dry-run reads nothing", async () => {
  const n1 = new ImageNode("n1");
  const { push, folder } = world({ n1 });
  const read: string[] = [];
  const source = {
    from: "app.tar",
    chunks: async function* () {
      read.push("read");
      await Promise.resolve();
      yield Buffer.from("no archive".repeat(100));
    },
  };
  expect((await push({ source, dryRun: true })).result.images).toMatchObject([
    { node: "n1", image: null, changed: false, outcome: "would be given what it lacks of the image of app.tar" },
  ]);
  expect(read).toEqual([]);
  await expect(push({ source })).rejects.toMatchObject({
    code: "image-invalid",
    message: "app.tar: The image cannot be taken: it is no tar archive.",
    hint: "Write the archive again: `docker image save --output FILE IMAGE`. It may be packed with gzip.",
  });
  expect(n1.lines).toEqual([]);
  expect(readdirSync(folder)).not.toContain("images.json");
});

test("a node of another kind, or one that fails, hinders no other", async () => {
  const pi = new ImageNode("pi", { info: { architecture: "aarch64" } });
  const n1 = new ImageNode("n1");
  const { push } = world({ pi, n1 });
  const { result, failures } = await push();
  expect(result.images).toMatchObject([{ node: "n1", changed: true }]);
  expect(failures).toMatchObject([
    { code: "image-missing", node: "pi", message: "The image app:2 is for amd64, and pi is aarch64." },
  ]);
});

test("of an image for several platforms each node gets its own", async () => {
  const [n1, pi] = [new ImageNode("n1"), new ImageNode("pi", { info: { architecture: "aarch64" } })];
  const n2 = new ImageNode("n2", { info: { containerd: true } });
  const old = new ImageNode("old", { info: { architecture: "armv7l" } });
  const { push, ports } = world({ n1, n2, pi, old });
  const archive = await ociArchive("docker.io/library/multi:1", { platforms: ["arm64", "amd64"] });
  const source = { from: "multi.tar", chunks: () => Readable.from([archive]) };
  const { result, failures } = await push({ source });
  expect(result.images.map(({ node: on, image, changed }) => [on, image, changed])).toEqual([
    ["n1", "multi:1", true],
    ["n2", "multi:1", true],
    ["pi", "multi:1", true],
  ]);
  const platforms = [n1, n2, pi].map(({ images }) => images.get("multi:1")?.config ?? "{}");
  expect(platforms.map((config) => (JSON.parse(config) as { architecture: string }).architecture)).toEqual([
    "amd64",
    "amd64",
    "arm64",
  ]);
  expect(failures).toMatchObject([
    { code: "image-missing", node: "old", message: "The image multi:1 is for arm64, amd64, and old is armv7l." },
  ]);
  for (const machine of ["x86_64", "aarch64"]) {
    expect(await ports.imageStore.find({ name: "multi:1", context: null, machine })).toBeDefined();
  }
});

test("of several platforms one whose files are not what they are called counts as not there", async () => {
  const [n1, pi] = [new ImageNode("n1"), new ImageNode("pi", { info: { architecture: "aarch64" } })];
  const { push } = world({ n1, pi });
  const archive = await ociArchive("multi:1", { platforms: ["arm64", "amd64"], broken: "arm64" });
  const { result, failures } = await push({ source: { from: "multi.tar", chunks: () => Readable.from([archive]) } });
  expect(result.images.map(({ node: on }) => on)).toEqual(["n1"]);
  expect(failures).toMatchObject([{ code: "image-missing", node: "pi" }]);
  const none = await ociArchive("multi:1", { platforms: ["arm64"], broken: "arm64" });
  await expect(push({ source: { from: "x.tar", chunks: () => Readable.from([none]) } })).rejects.toMatchObject({
    code: "image-invalid",
  });
});

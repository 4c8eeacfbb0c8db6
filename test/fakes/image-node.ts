/** A node whose Docker has images and nothing else: it pushes, pulls and loads them, over a real port of 127.0.0.1. */
import { createHash } from "node:crypto";
import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { Readable } from "node:stream";
import { gzipSync } from "node:zlib";
import { extract, pack } from "tar-stream";
import { expect, onTestFinished } from "vitest";
import type { Connection, Engine, Outcome, RunOptions } from "../../src/app/ports.ts";
import type { EngineInfo, ImageFacts } from "../../src/domain/docker/facts.ts";
import { PictlError } from "../../src/domain/errors.ts";
import { type Command, render } from "../../src/domain/shell.ts";
import { imageFacts } from "./facts.ts";

export function digestOf(content: string | Buffer): string {
  return `sha256:${createHash("sha256").update(content).digest("hex")}`;
}

export interface FakeImage {
  readonly config: string;
  /** What is in each layer. */
  readonly layers: readonly string[];
}

type Labelled = FakeImage & { readonly labels?: Readonly<Record<string, string>> };

export function fakeImage(layers: readonly string[], architecture = "amd64"): FakeImage {
  const config = { architecture, os: "linux", rootfs: { type: "layers", diff_ids: layers.map(digestOf) } };
  return { config: JSON.stringify(config), layers };
}

export interface ImageNodeOptions {
  readonly forwards?: boolean;
  readonly info?: Partial<EngineInfo>;
  /** Runs before each command; may throw. */
  readonly before?: (line: string) => void;
}

const ok: Outcome = { status: "ok", code: 0, stdout: "", stderr: "", truncated: false, durationMs: 1 };

export class ImageNode {
  readonly images = new Map<string, Labelled>();
  /** Those that had a name. */
  readonly unnamed: Labelled[] = [];
  readonly lines: string[] = [];
  /** Bytes of images that came in, by whatever way. */
  received = 0;
  readonly #name: string;
  readonly #options: ImageNodeOptions;
  readonly #pushed = new Map<string, string>();

  constructor(name: string, options: ImageNodeOptions = {}) {
    this.#name = name;
    this.#options = options;
  }

  readonly engine = {
    info: () => Promise.resolve({ product: "Docker", architecture: "x86_64", ...this.#options.info }),
    images: () => Promise.resolve(this.#facts()),
    layers: (id: string) => {
      const found = [...this.images.values(), ...this.unnamed].find(({ config }) => digestOf(config) === id);
      return Promise.resolve((found?.layers ?? []).map(digestOf));
    },
  } as unknown as Engine;

  get connection(): Connection {
    return {
      node: this.#name,
      privilege: () => Promise.resolve({ root: true, docker: true, sudo: false }),
      run: (command: Command, options: RunOptions) => this.#run(command, options),
      pipe: (command: Command) => Promise.reject(new Error(`not here: ${render(command)}`)),
      listen: async (_port: number, onStream: (stream: unknown) => void) => {
        if (this.#options.forwards === false) throw new PictlError("command-failed", "sshd forwards no ports.");
        const server = createServer(onStream).unref();
        server.listen(0, "127.0.0.1");
        await once(server, "listening");
        onTestFinished(() => {
          expect(server.listening, `${this.#name}: its port still leads to this machine`).toBe(false);
        });
        const close = (): Promise<void> => {
          // Those who keep their connections are not waited for, as sshd does not.
          server.close();
          return Promise.resolve();
        };
        return { port: (server.address() as AddressInfo).port, close };
      },
    } as unknown as Connection;
  }

  #facts(): ImageFacts[] {
    const named = [...this.images].map(([tag, made]) => ({ ...made, tags: [tag] }));
    return [...named, ...this.unnamed.map((made) => ({ ...made, tags: [] }))].map(({ config, tags, labels = {} }) =>
      imageFacts({ id: digestOf(config), tags, labels, sizeBytes: 1000 }),
    );
  }

  /** As docker does: who had the name has none now. */
  #put(name: string, made: Labelled): void {
    const before = this.images.get(name);
    if (before && before.config !== made.config) this.unnamed.push(before);
    this.images.set(name, made);
  }

  async #run(command: Command, options: RunOptions): Promise<Outcome> {
    const line = render(command);
    this.lines.push(line);
    try {
      this.#options.before?.(line);
      const [, first = "", second = ""] = command.kind === "script" ? [undefined, ...command.args] : [];
      if (line.includes("docker image push")) await this.#push(first, second);
      else if (line.includes("docker image pull")) await this.#pull(first, second);
      else if (line === "docker image load") await this.#load(options.stdin as AsyncIterable<Uint8Array>);
      else if (line.startsWith("docker image tag ") && command.kind === "words") {
        const found = [...this.images.values()].find(({ config }) => digestOf(config) === command.words[3]);
        if (found) this.#put(command.words[4] ?? "", found);
      } else if (line.startsWith("docker image rm ") && command.kind === "words") {
        const unnamed = this.unnamed.findIndex(({ config }) => digestOf(config) === command.words[3]);
        if (unnamed !== -1) this.unnamed.splice(unnamed, 1);
      } else if (line.startsWith("docker build")) {
        for await (const chunk of options.stdin as AsyncIterable<Uint8Array>) this.received += chunk.length;
      }
      return ok;
    } catch (error) {
      if (error instanceof PictlError) throw error;
      return { ...ok, status: "failed", code: 1, stderr: (error as Error).message };
    }
  }

  async #push(id: string, to: string): Promise<void> {
    const image = [...this.images.values()].find(({ config }) => digestOf(config) === id);
    if (!image) throw new Error("No such image");
    const base = urlOf(to);
    const layers: unknown[] = [];
    for (const layer of image.layers) {
      const content = gzipSync(layer);
      const known = this.#pushed.get(layer);
      const mount = known === undefined ? "" : `?mount=${known}&from=before`;
      layers.push({ mediaType: "layer", size: content.length, digest: await upload(base, content, mount) });
      this.#pushed.set(layer, digestOf(content));
    }
    const config = {
      mediaType: "config",
      size: image.config.length,
      digest: await upload(base, Buffer.from(image.config)),
    };
    const manifest = JSON.stringify({ schemaVersion: 2, mediaType: "application/x-manifest", config, layers });
    const headers = { "content-type": "application/x-manifest" };
    const answer = await fetch(`${base}/manifests/latest`, { method: "PUT", body: manifest, headers });
    if (answer.status !== 201) throw new Error(`manifest: ${String(answer.status)}`);
  }

  async #pull(from: string, name: string): Promise<void> {
    const [repository = "", digest = ""] = from.split("@");
    const base = urlOf(repository);
    const manifest = (await (await fetch(`${base}/manifests/${digest}`)).json()) as {
      config: { digest: string };
      layers: { digest: string }[];
    };
    const config = await (await fetch(`${base}/blobs/${manifest.config.digest}`)).text();
    for (const each of manifest.layers) {
      this.received += (await (await fetch(`${base}/blobs/${each.digest}`)).arrayBuffer()).byteLength;
    }
    this.#put(name, { config, layers: this.#layersOf(config) });
  }

  async #load(stdin: AsyncIterable<Uint8Array>): Promise<void> {
    const files = new Map<string, Buffer>();
    const unpacking = extract();
    const source = Readable.from(stdin);
    source.on("error", (error) => {
      unpacking.destroy(error);
    });
    source.pipe(unpacking);
    for await (const entry of unpacking) {
      const chunks: Buffer[] = [];
      for await (const chunk of entry as AsyncIterable<Buffer>) chunks.push(chunk);
      files.set(entry.header.name, Buffer.concat(chunks));
      this.received += entry.header.size;
    }
    const [row] = JSON.parse(files.get("manifest.json")?.toString() ?? "[]") as {
      Config: string;
      Layers: string[];
      RepoTags: string[];
    }[];
    const config = files.get(row?.Config ?? "")?.toString() ?? "";
    const layers = this.#layersOf(config);
    const there = [...this.images.values()].flatMap((image) => image.layers);
    row?.Layers.forEach((file, index) => {
      if (!files.has(file) && !there.includes(layers[index] ?? "")) throw new Error(`open ${file}: no such file`);
    });
    this.#put(row?.RepoTags[0] ?? "", { config, layers });
  }

  /** Every test knows its layers. */
  #layersOf(config: string): readonly string[] {
    const { rootfs } = JSON.parse(config) as { rootfs: { diff_ids: string[] } };
    return rootfs.diff_ids.map((diffId) => allLayers.find((each) => digestOf(each) === diffId) ?? diffId);
  }
}

export const allLayers = ["base", "middle", "app 1", "app 2"].map((text) => `${text} `.repeat(50));

function urlOf(repository: string): string {
  const slash = repository.indexOf("/");
  return `http://${repository.slice(0, slash)}/v2${repository.slice(slash)}`;
}

async function upload(base: string, content: Buffer, query = ""): Promise<string> {
  const digest = digestOf(content);
  if ((await fetch(`${base}/blobs/${digest}`, { method: "HEAD" })).status === 200) return digest;
  const begun = await fetch(`${base}/blobs/uploads/${query}`, { method: "POST" });
  if (begun.status === 201) return digest;
  const location = new URL(begun.headers.get("location") ?? "", base);
  await fetch(location, { method: "PATCH", body: new Uint8Array(content.subarray(0, 10)) });
  location.searchParams.set("digest", digest);
  const ended = await fetch(location, { method: "PUT", body: new Uint8Array(content.subarray(10)) });
  if (ended.status !== 201) throw new Error(`blob: ${String(ended.status)}`);
  return digest;
}

/** What `docker image save` writes of an image. */
export async function* savedArchive(image: FakeImage, tag: string): AsyncGenerator<Uint8Array> {
  const archive = pack();
  const manifest = [
    { Config: "config.json", RepoTags: [tag], Layers: image.layers.map((_, index) => `${String(index)}/layer.tar`) },
  ];
  image.layers.forEach((layer, index) => {
    archive.entry({ name: `${String(index)}/layer.tar` }, layer);
  });
  archive.entry({ name: "config.json" }, image.config);
  archive.entry({ name: "manifest.json" }, JSON.stringify(manifest));
  archive.finalize();
  yield* archive as AsyncIterable<Uint8Array>;
}

import type { NodeSpec } from "../../domain/config/types.ts";
import { imageNamed } from "../../domain/container/drift/drift.ts";
import { idsOf, type StoredImage } from "../../domain/delivery/stored.ts";
import { runsOneOf } from "../../domain/docker/engine/architecture.ts";
import { PictlError, toFailure } from "../../domain/errors.ts";
import { localName, pullName } from "../../domain/registry/reference.ts";
import { bytes as inBytes } from "../../domain/text.ts";
import { fanOut } from "../kit/fan-out.ts";
import { record } from "../kit/record.ts";
import type { Report } from "../kit/report.ts";
import type { Ports, TakenImage } from "../ports.ts";
import { handOut } from "./hand-out.ts";
import { reach } from "../kit/reach.ts";

/** An archive of an image, as `docker image save` writes it, or an OCI layout. */
export interface ImageSource {
  /** `app.tar`, `this machine's Docker`: where it is from, for people. */
  readonly from: string;
  /** Rejects with what says why it cannot be read. */
  readonly chunks: (signal: AbortSignal) => AsyncIterable<Uint8Array>;
}

export interface PushInput {
  readonly nodes: readonly NodeSpec[];
  readonly source: ImageSource;
  /** What nodes call it; undefined: what the archive calls it. */
  readonly as: string | undefined;
  readonly dryRun: boolean;
}

export interface PushRow {
  readonly node: string;
  /** What it is called there; null under --dry-run, where nobody has looked into the archive, as is what follows. */
  readonly image: string | null;
  /** Its names there beside that one. */
  readonly alsoNamed: readonly string[];
  /** The digest of its config: what Docker's classic store calls it. */
  readonly id: string | null;
  /** What went over the line of its files. */
  readonly sentBytes: number | null;
  readonly changed: boolean;
  /** `given, 4.8 MiB`, `is there` …; under --dry-run what would be done. */
  readonly outcome: string;
  readonly durationMs: number;
}

/**
 * Takes an image from an archive of this machine and gives it to all nodes at once, each what it lacks of it. It stays here as
 * what came from a node does. Rejects with image-invalid and what the source rejects with; what fails on one node is a failure.
 */
export async function pushImage(ports: Ports, input: PushInput): Promise<Report<{ images: readonly PushRow[] }>> {
  const { nodes, source, dryRun } = input;
  if (dryRun) return { result: { images: nodes.map((node) => planned(node, source)) }, failures: [] };
  const image = await take(ports, input);
  const { results, failures } = await fanOut(ports, nodes, {
    place: (node) => ({ node: node.name }),
    work: (node) => giveTo(ports, node, image),
  });
  return { result: { images: results }, failures };
}

interface NamedImage {
  /** One for each platform. */
  readonly platforms: readonly StoredImage[];
  /** The first is that of the image here; at least one. */
  readonly names: readonly [string, ...string[]];
}

async function take(ports: Ports, { source, as }: PushInput): Promise<NamedImage> {
  const step = ports.progress.step(source.from, "read");
  try {
    const taken = await ports.imageStore.takeImages(source.chunks(ports.signal));
    const names = namesOf(taken[0]?.tags ?? [], source, as);
    const platforms: StoredImage[] = [];
    for (const { root, manifests, config, layers, platform } of taken) {
      const files = { root, manifests, config, layers, platform };
      platforms.push(await ports.imageStore.keep({ ...files, name: names[0], context: null }));
    }
    step.done();
    return { platforms, names };
  } catch (error) {
    step.fail();
    const { code, message } = toFailure(error);
    throw code === "image-invalid" ? invalid(source, message, error) : error;
  }
}

function namesOf(tags: TakenImage["tags"], { from }: ImageSource, as: string | undefined): NamedImage["names"] {
  if (as !== undefined) return [as];
  const [name, ...others] = tags.map((tag) => pullName(localName(tag)));
  if (name !== undefined) return [name, ...others];
  throw new PictlError("usage", `The image of ${from} has no name.`, { hint: "Say what nodes call it: `--as NAME`." });
}

/** Here it is somebody's file, and not what a node sent. */
function invalid({ from }: ImageSource, message: string, cause: unknown): PictlError {
  return new PictlError("image-invalid", `${from}: ${message}`, {
    hint: "Write the archive again: `docker image save --output FILE IMAGE`. It may be packed with gzip.",
    cause,
  });
}

async function giveTo(ports: Ports, node: NodeSpec, { platforms, names }: NamedImage): Promise<PushRow> {
  const [name, ...alsoNamed] = names;
  const step = ports.progress.step(`${name}@${node.name}`, "push");
  const startedAt = ports.clock.monotonic();
  const elapsed = (): number => Math.round(ports.clock.monotonic() - startedAt);
  try {
    const { connection, engine } = await reach(ports, node);
    const [{ architecture }, before] = await Promise.all([engine.info(), engine.images()]);
    const files = platforms.find(({ platform }) => runsOneOf(architecture, [platform]));
    if (!files) throw forNoneOf(platforms, { name, node: node.name, architecture });
    const row = { node: node.name, image: name, alsoNamed, id: files.config.digest };
    const lacking = names.filter((each) => !idsOf(files).has(imageNamed(before, each)?.id ?? ""));
    const say = (text: string): void => {
      step.update(text);
    };
    let sentBytes = 0;
    for (const each of lacking) {
      const given = await handOut(ports, { connection, engine, image: files, name: each, say });
      sentBytes += given.bytes;
    }
    const outcome = lacking.length === 0 ? "is there" : sentBytes === 0 ? "named" : `given, ${inBytes(sentBytes)}`;
    step.done(outcome);
    const changed = lacking.length > 0;
    if (changed) {
      const after = { image: name, id: files.config.digest };
      await record(ports, { type: "image.delivered", node: node.name, after, durationMs: elapsed() });
    }
    return { ...row, sentBytes, changed, outcome, durationMs: elapsed() };
  } catch (error) {
    step.fail();
    throw error;
  }
}

function forNoneOf(
  platforms: NamedImage["platforms"],
  { name, node, architecture }: { readonly name: string; readonly node: string; readonly architecture: string },
): PictlError {
  const all = platforms.map(({ platform }) => platform).join(", ");
  return new PictlError("image-missing", `The image ${name} is for ${all}, and ${node} is ${architecture}.`, {
    node,
    hint: `Build it for ${node}, too: \`docker buildx build --platform …\`.`,
  });
}

function planned({ name: node }: NodeSpec, { from }: ImageSource): PushRow {
  const outcome = `would be given what it lacks of the image of ${from}`;
  return { node, image: null, alsoNamed: [], id: null, sentBytes: null, changed: false, outcome, durationMs: 0 };
}

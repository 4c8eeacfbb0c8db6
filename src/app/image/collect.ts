import type { Duplex } from "node:stream";
import { imageNamed } from "../../domain/container/drift/drift.ts";
import { readArchiveManifest } from "../../domain/delivery/archive.ts";
import { pushTo, saveSome } from "../../domain/delivery/commands.ts";
import { type ImageFiles, idsOf, type StoredImage } from "../../domain/delivery/stored.ts";
import type { ImageFacts } from "../../domain/docker/facts.ts";
import { dockerRights } from "../../domain/docker/client/rights.ts";
import { type ErrorCode, PictlError, toFailure } from "../../domain/errors.ts";
import { familiarName } from "../../domain/registry/reference.ts";
import { runDocker } from "../kit/docker.ts";
import type { Connection, Engine, Ports } from "../ports.ts";
import { imageTimeoutMs } from "./time-limit.ts";

export interface Collecting {
  readonly connection: Connection;
  readonly engine: Engine;
  readonly name: string;
  /** Digest of the folder that it was built from. */
  readonly context: string | null;
  readonly say: (progress: string) => void;
}

/** Of what goes over the line for an image, most is its layers, which may not get smaller by being compressed. */
const roomBytes = 64 * 1024 * 1024;

/**
 * Brings an image from a node to this machine, as far as it is not there: by a push where sshd forwards ports, else as an archive.
 * Rejects with image-missing, delivery-failed, and what `runDocker` and the store reject with.
 */
export async function collectImage(
  ports: Pick<Ports, "imageStore" | "signal">,
  collecting: Collecting,
): Promise<StoredImage> {
  const { connection, engine, name, context, say } = collecting;
  const { node } = connection;
  const image = imageNamed(await engine.images(), name);
  if (!image) throw new PictlError("image-missing", `${node} has no image ${name} any more.`, { node });
  say(`taking ${name} from ${node}`);
  const { product } = await engine.info();
  const pushed = product === "Podman" ? undefined : await byPush(ports, collecting, image);
  const files = pushed ?? (await byArchive(ports, collecting, image));
  if (!idsOf(files).has(image.id)) {
    const layers = await engine.layers(image.id);
    if (layers.join() !== files.layers.map(({ diffId }) => diffId).join()) throw another(name, node);
  }
  return ports.imageStore.keep({ ...files, name: familiarName(name), context });
}

/** Undefined where sshd forwards no ports, and where docker does not get through. */
async function byPush(
  { imageStore, signal }: Pick<Ports, "imageStore" | "signal">,
  { connection, name, say }: Collecting,
  image: ImageFacts,
): Promise<ImageFiles | undefined> {
  const door = await imageStore.openDoor(connection, { takes: { maxBytes: mostBytes(image) } }, signal);
  if (!door) return undefined;
  try {
    await runDocker(connection, pushTo(image.id, door.name), {
      doing: `push ${name}`,
      timeoutMs: imageTimeoutMs,
      signal,
    });
    return await door.taken();
  } catch (error) {
    if (final.has(toFailure(error).code)) throw error;
    say(`${name} could not be pushed, taking it as a whole`);
    return undefined;
  } finally {
    await door.close();
  }
}

const final: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  "interrupted",
  "connection-lost",
  "node-unreachable",
  "timeout",
  "state-write-failed",
]);

async function byArchive(
  { imageStore, signal }: Pick<Ports, "imageStore" | "signal">,
  { connection, engine, name }: Collecting,
  image: ImageFacts,
): Promise<ImageFiles> {
  const { sudo } = dockerRights(await connection.privilege());
  const [diffIds, here] = [await engine.layers(image.id), await imageStore.diffIds()];
  const stream = await connection.pipe(saveSome(image.id), { sudo, signal });
  try {
    const { head, rest } = await readHead(stream);
    const archived = readArchiveManifest(JSON.parse(head));
    const names = archived ? [archived.config, ...archived.layers] : [];
    if (archived?.layers.length !== diffIds.length || !names.every((each) => /^[\w.-]+(?:\/[\w.-]+)*$/.test(each))) {
      throw another(name, connection.node);
    }
    const known = new Map(
      archived.layers.flatMap((file, index) => {
        const diffId = diffIds[index] ?? "";
        return here.has(diffId) ? [[file, diffId] as const] : [];
      }),
    );
    const wanted = ["manifest.json", ...new Set(names.filter((each) => !known.has(each)))];
    stream.write(`${wanted.join("\n")}\n\n`);
    return await imageStore.takeArchive(rest, { known, maxBytes: mostBytes(image) });
  } catch (error) {
    throw error instanceof SyntaxError ? another(name, connection.node) : error;
  } finally {
    stream.destroy();
  }
}

function mostBytes({ sizeBytes }: ImageFacts): number {
  return Math.ceil(sizeBytes * 1.1) + roomBytes;
}

/** More than any list of layers. */
const headBytes = 1024 * 1024;

/** A line with the length of the head, the head, and what comes after it. */
async function readHead(stream: Duplex): Promise<{ readonly head: string; readonly rest: AsyncIterable<Uint8Array> }> {
  const chunks = stream[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  let read = Buffer.alloc(0);
  for (;;) {
    const line = read.indexOf("\n");
    const length = line === -1 ? NaN : Number(read.toString("latin1", 0, line));
    if (line !== -1 && !(length <= headBytes)) throw new SyntaxError("no length");
    if (line !== -1 && read.length > line + length) {
      const end = line + 1 + length;
      const left = read.subarray(end);
      const rest = async function* (): AsyncGenerator<Uint8Array> {
        if (left.length > 0) yield left;
        yield* { [Symbol.asyncIterator]: () => chunks };
      };
      return { head: read.toString("utf8", line + 1, end), rest: rest() };
    }
    const next = await chunks.next();
    if (next.done === true) throw new SyntaxError("no head");
    read = Buffer.concat([read, next.value]);
  }
}

function another(name: string, node: string): PictlError {
  return new PictlError("delivery-failed", `What ${node} gave for the image ${name} is another image.`, {
    node,
    hint: "Somebody may have built or pulled it there in this moment. Say it again.",
  });
}
